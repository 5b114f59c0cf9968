import type { IncomingMessage } from 'node:http';

/** The cookies of a request, by name. Of two with one name the first counts, which is the more specific one. */
export function readCookies(request: Pick<IncomingMessage, 'headers'>): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at > 0 && !cookies.has(name)) cookies.set(name, pair.slice(at + 1).trim());
  }
  return cookies;
}

/** How cookies of ours are named and written on one site. */
export interface CookieJar {
  /** The whole name, prefix included. */
  nameOf(name: string): string;
  /** A `Set-Cookie` line: out of reach for scripts, sent along from other sites on plain navigation only. */
  set(name: string, value: string, maxAgeMs: number): string;
  clear(name: string): string;
}

/**
 * In: `secure` where browsers come by https. The prefix then makes them refuse cookies of these names that another
 * host of the domain, or a page without https, tries to plant.
 */
export function createCookieJar({ secure }: { readonly secure: boolean }): CookieJar {
  const nameOf = (name: string): string => (secure ? `__Host-${name}` : name);
  const jar: CookieJar = {
    nameOf,
    set: (name, value, maxAgeMs) =>
      [
        `${nameOf(name)}=${value}`,
        'Path=/',
        `Max-Age=${Math.max(0, Math.floor(maxAgeMs / 1_000))}`,
        'HttpOnly',
        'SameSite=Lax',
        ...(secure ? ['Secure'] : []),
      ].join('; '),
    clear: (name) => jar.set(name, '', 0),
  };
  return jar;
}
