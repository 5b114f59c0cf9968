import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** A client that closed both directions looks the same, so an idle socket is closed after this time. */
const IDLE_TIMEOUT_MS = 15_000;

/**
 * Keeps the socket open for clients that half-close after the request. By default Node closes it before the response.
 */
export function allowHalfOpen(server: Server): Server {
  server.on('connection', (socket) => socket.once('end', limit));
  return Object.assign(server, { httpAllowHalfOpen: true });
}

/** Destroys a socket after `IDLE_TIMEOUT_MS` without traffic. */
function limit(this: Socket): void {
  this.setTimeout(IDLE_TIMEOUT_MS);
}
