import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** A sender that closed both ends looks the same; nothing goes on for it for longer than this. */
const IDLE_TIMEOUT_MS = 15_000;

/** Lets clients hear their answer that end their side of the connection after the request. Node hangs up on them. */
export function allowHalfOpen(server: Server): Server {
  server.on('connection', (socket) => socket.once('end', limit));
  return Object.assign(server, { httpAllowHalfOpen: true });
}

/** A socket on which nothing moves for so long is destroyed by the server. */
function limit(this: Socket): void {
  this.setTimeout(IDLE_TIMEOUT_MS);
}
