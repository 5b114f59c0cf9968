import { parse, serialize } from 'cookie';
import type { IncomingMessage } from 'node:http';

/** Parses the cookies of a request. Of two with the same name the first counts, which is the more specific one. */
export const readCookies = (request: Pick<IncomingMessage, 'headers'>): ReadonlyMap<string, string> =>
  new Map(Object.entries(parse(request.headers.cookie ?? '')));

/** Names and writes our cookies on one site. */
export interface CookieJar {
  /** Returns the full name, with the prefix. */
  nameOf(name: string): string;
  /** Returns a `Set-Cookie` line: HttpOnly, and from other sites sent with plain navigation at most. */
  set(name: string, value: string, maxAgeMs: number): string;
  clear(name: string): string;
}

/**
 * In: `secure`: browsers use https. Then a name prefix makes them refuse such cookies from other hosts of the domain
 * and from pages without https. `sameSite: 'strict'`: never sent from other sites; default `lax`.
 */
export function createCookieJar({
  secure,
  sameSite = 'lax',
}: {
  readonly secure: boolean;
  readonly sameSite?: 'lax' | 'strict';
}): CookieJar {
  const nameOf = (name: string): string => (secure ? `__Host-${name}` : name);
  const jar: CookieJar = {
    nameOf,
    set: (name, value, maxAgeMs) =>
      serialize(nameOf(name), value, {
        path: '/',
        maxAge: Math.max(0, Math.floor(maxAgeMs / 1_000)),
        httpOnly: true,
        sameSite,
        secure,
      }),
    clear: (name) => jar.set(name, '', 0),
  };
  return jar;
}
