/** The five access points that the sandbox simulates; the first is the nearest one. */
export const ACCESS_POINTS = [
  { name: 'api', host: 'api.weixin.qq.com' },
  { name: 'api2', host: 'api2.weixin.qq.com' },
  { name: 'sh', host: 'sh.api.weixin.qq.com' },
  { name: 'sz', host: 'sz.api.weixin.qq.com' },
  { name: 'hk', host: 'hk.api.weixin.qq.com' },
] as const;

const API_PATHS = /^\/(cgi-bin|sns|wxaapi|wxa|customservice|connect)\//;

/**
 * Splits a path on the sandbox's own listener into access point and API path. Without an access point in the path the
 * Host tells it, where a name of WeChat's leads here; else it is the first one, for clients that can only set a host.
 * `undefined`: not an API path.
 *
 * @param to  the Host header
 */
export function accessPointOf(path: string, to: string): { accessPoint: string; path: string } | undefined {
  for (const { name, host } of ACCESS_POINTS) {
    if (path.startsWith(`/${host}/`)) return { accessPoint: name, path: path.slice(host.length + 1) };
  }
  if (!API_PATHS.test(path)) return undefined;
  const named = ACCESS_POINTS.find(({ host }) => host === to.replace(/:\d+$/, '')) ?? ACCESS_POINTS[0];
  return { accessPoint: named.name, path };
}
