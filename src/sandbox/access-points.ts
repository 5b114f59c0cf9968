/** The five access points that the sandbox plays; the first is the nearest one. */
export const ACCESS_POINTS = [
  { name: 'api', host: 'api.weixin.qq.com' },
  { name: 'api2', host: 'api2.weixin.qq.com' },
  { name: 'sh', host: 'sh.api.weixin.qq.com' },
  { name: 'sz', host: 'sz.api.weixin.qq.com' },
  { name: 'hk', host: 'hk.api.weixin.qq.com' },
] as const;

const API_PATHS = /^\/(cgi-bin|sns|wxaapi|wxa|customservice|connect)\//;

/**
 * Which access point a path on the sandbox's own listener means, and the API path behind it. `/cgi-bin/…` without a
 * host in front is the first one, for clients that can set nothing but a host. `undefined`: not the API side.
 */
export function accessPointOf(path: string): { accessPoint: string; path: string } | undefined {
  for (const { name, host } of ACCESS_POINTS) {
    if (path.startsWith(`/${host}/`)) return { accessPoint: name, path: path.slice(host.length + 1) };
  }
  return API_PATHS.test(path) ? { accessPoint: ACCESS_POINTS[0].name, path } : undefined;
}
