import type { IncomingMessage } from 'node:http';

/** Decides which pages of other hosts may ask for the user of their browser. */
export interface CrossOrigin {
  /** Response headers that let an allowed page read the answer, cookies included. */
  headersFor(request: Pick<IncomingMessage, 'headers'>): Readonly<Record<string, string>>;
  /** The request comes from a page that is neither ours nor allowed. One without `Origin` comes from no script. */
  isForeign(request: Pick<IncomingMessage, 'headers'>): boolean;
}

/**
 * CORS with credentials for a list of origins, and no other: a wildcard is not allowed with credentials, and an origin
 * that is merely echoed would allow everybody. A path in an entry counts for nothing, since browsers name the origin only.
 *
 * Source: Fetch standard, "CORS protocol and credentials".
 *
 * @param site the address of the routes themselves
 */
export function createCrossOrigin(allowed: readonly string[], site: string): CrossOrigin {
  const own = new URL(site).origin;
  const origins = new Set(allowed.map((entry) => new URL(entry).origin));
  return {
    headersFor({ headers: { origin } }) {
      if (origin === undefined || !origins.has(origin)) return { Vary: 'Origin' };
      return {
        Vary: 'Origin',
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Allow-Credentials': 'true',
      };
    },
    isForeign: ({ headers: { origin } }) => origin !== undefined && origin !== own && !origins.has(origin),
  };
}
