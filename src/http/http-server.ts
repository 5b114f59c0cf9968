import { createServer, type RequestListener, type Server } from 'node:http';
import { limitPipelining } from './one-turn-requests.js';

/** Creates a server on which neither slow clients nor endless senders delay the others. */
export function createHttpServer(
  listener: RequestListener,
  { requestTimeoutMs = 10_000 }: { readonly requestTimeoutMs?: number } = {},
): Server {
  return createServer(
    {
      // Node's defaults allow slow clients a minute and more.
      headersTimeout: 5_000,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 1_000,
      IncomingMessage: limitPipelining(),
    },
    listener,
  );
}
