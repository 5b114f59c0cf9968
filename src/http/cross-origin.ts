import type { IncomingMessage } from 'node:http';

/** Decides which pages of other hosts may use the routes with the browser's session. */
export interface CrossOrigin {
  /** Response headers that let an allowed page read the answer, cookies included. */
  headersFor(request: Pick<IncomingMessage, 'headers'>): Readonly<Record<string, string>>;
  /**
   * True if the request comes from a page that is neither ours nor allowed. A request without `Origin` is not from a
   * script.
   */
  isForeign(request: Pick<IncomingMessage, 'headers'>): boolean;
}

/**
 * Creates CORS with credentials for a list of origins. A wildcard is not allowed with credentials, and echoing any
 * origin would allow everybody. A path in an entry is ignored, since browsers send only the origin.
 *
 * Source: Fetch standard, "CORS protocol and credentials".
 *
 * @param site  the address of the routes themselves
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
