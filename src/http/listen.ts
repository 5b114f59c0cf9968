import type { Server } from 'node:http';
import { AppError } from '../protocol/app-error.js';

/** Node's default of 511 drops connections in a burst. */
const BACKLOG = 4_096;

/** The server cannot listen where it should. The message says what to do. */
export class CannotListen extends AppError {
  readonly code = 'cannot_listen';
}

/** What a person can do about a listen error. */
function listenAdvice(error: NodeJS.ErrnoException, host: string, port: number, portName: string): string {
  const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return (
        `${where} is taken by another process.\n` +
        `  Find it:            ss -ltnp 'sport = :${port}'\n` +
        `  Or use another port: ${portName}=${port < 1024 ? 8080 : port + 1}`
      );
    case 'EACCES':
      return (
        `this user may not listen on ${where}: ports below 1024 need a right.\n` +
        `  Give node the right: sudo setcap cap_net_bind_service=+ep "$(readlink -f "$(command -v node)")"\n` +
        `  Or lower the bound:  sudo sysctl net.ipv4.ip_unprivileged_port_start=${port}\n` +
        `  Or use another port: ${portName}=8080, and let a proxy or a port mapping lead ${port} there`
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine; set ${portName === 'PORT' ? 'HOST' : 'ADMIN_HOST'}=0.0.0.0 or one of its own`;
    default:
      return `cannot listen on ${where}: ${error.message}`;
  }
}

/** Listens, and returns the port: the one asked for, or the one the system chose for 0. @throws CannotListen */
export function listen(
  server: Server,
  { host, port, portName }: { host: string; port: number; portName: 'PORT' | 'ADMIN_PORT' },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void =>
      reject(new CannotListen(listenAdvice(error, host, port, portName), { cause: error }));
    server.once('error', fail);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', fail);
      const address = server.address();
      // only a server on a socket file has no port, and `port` was asked for
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Longer than any push may wait for its answer; who still sends its request by then is cut off. */
const CLOSE_TIMEOUT_MS = 5_500;
const SWEEP_INTERVAL_MS = 50;

/**
 * Takes no new connections, lets running requests end. Resolves when the last connection is gone, `limitMs` from now
 * at the latest: once a server closes, node no longer cuts off slow senders.
 */
export function closeServer(server: Server, limitMs = CLOSE_TIMEOUT_MS): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) {
      resolve();
      return;
    }
    // A connection that was busy when the close began is kept alive after its answer, too.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_INTERVAL_MS);
    const cut = setTimeout(() => server.closeAllConnections(), limitMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
