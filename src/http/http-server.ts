import { createServer, type RequestListener, type Server } from 'node:http';
import { limitPipelining } from './one-turn-requests.js';

/** A server on which neither slow senders nor those that send without end keep the others waiting. */
export function createHttpServer(listener: RequestListener): Server {
  return createServer(
    {
      // Node's own limits leave slow senders a minute and more.
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 1_000,
      IncomingMessage: limitPipelining(),
    },
    listener,
  );
}
