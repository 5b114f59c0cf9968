import { isIP } from 'node:net';
import { z } from 'zod';
import { trimmed, wholeNumber } from './value-schemas.js';
import type { Variable } from './variable.js';

/** Named address ranges. */
const RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};
const MAX_HOPS = 16;

function isRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

/** The proxies whose `X-Forwarded-For` is trusted: by number, counted from this server, or by address. */
export type TrustedProxies = { readonly hops: number } | { readonly ranges: readonly string[] };

const trustedProxies = trimmed
  .transform((text): TrustedProxies | undefined => {
    if (/^\d+$/.test(text)) return Number(text) <= MAX_HOPS ? { hops: Number(text) } : undefined;
    const parts = text
      .toLowerCase()
      .split(',')
      .map((part) => part.trim());
    const ranges = parts.filter((part) => part !== '').flatMap((part) => RANGES[part] ?? [part]);
    return ranges.length > 0 && ranges.every(isRange) ? { ranges } : undefined;
  })
  .pipe(z.custom<TrustedProxies>((value) => value !== undefined));

/** Variables about the network around the server. */
export const networkVariables = {
  HTTPS_PROXY: {
    schema: trimmed.refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text)),
    allowed: {
      en: 'http://[user:password@]host:port, or https://…',
      zh: 'http://[用户:密码@]主机:端口，或 https://…',
    },
    without: 'calls go out directly',
    secret: true,
    meaning: 'Proxy for outgoing https: API calls, downloads, webhooks. Also as https_proxy.',
  },
  NO_PROXY: {
    schema: trimmed.transform((text) => text.split(/[\s,]+/).filter((part) => part !== '')),
    allowed: {
      en: 'hosts, domains, addresses and ranges separated by commas, or *',
      zh: '用逗号分隔的主机、域名、地址和网段，或 *',
    },
    without: 'only this machine is reached without the proxy',
    meaning: 'Hosts that are reached without HTTPS_PROXY. Also as no_proxy.',
  },
  TRUST_PROXY: {
    schema: trustedProxies,
    allowed: {
      en: `addresses and ranges (10.0.0.0/8, loopback, private) separated by commas, or the number of proxies up to ${MAX_HOPS}`,
      zh: `用逗号分隔的地址和网段（10.0.0.0/8、loopback、private），或不超过 ${MAX_HOPS} 的代理层数`,
    },
    without: 'X-Forwarded-For is not believed',
    meaning:
      'Proxies in front whose X-Forwarded-For is believed: the address of a client in log and limits is then the one that they saw.',
  },
  DRAIN_S: {
    schema: wholeNumber(0, 300),
    allowed: { en: 'a whole number of seconds up to 300', zh: '不超过 300 的整数秒' },
    fallback: '0',
    meaning:
      'At a stop, /readyz says 503 for this long before the listener closes, so that a load balancer stops sending requests first. Seconds.',
  },
} as const satisfies Record<string, Variable>;
