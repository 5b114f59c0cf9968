import type { Server } from 'node:http';
import { AppError } from '../protocol/app-error.js';
import type { Words } from '../protocol/words.js';

/** Node's default of 511 loses connections in a burst. */
const BACKLOG = 4_096;

/** The server cannot listen on its address. The message says what to do. */
export class CannotListen extends AppError {
  readonly code = 'cannot_listen';
}

/** Returns a sentence on how to fix a listen error. */
function listenAdvice(error: NodeJS.ErrnoException, host: string, port: number, portName: string): Words {
  const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const other = port < 1024 ? 8080 : port + 1;
  switch (error.code) {
    case 'EADDRINUSE':
      return {
        en:
          `${where} is taken by another process.\n` +
          `  Find it:            ss -ltnp 'sport = :${port}'\n` +
          `  Or use another port: ${portName}=${other}`,
        zh:
          `${where} 已被另一个进程占用。\n` +
          `  找到它：    ss -ltnp 'sport = :${port}'\n` +
          `  或者换端口：${portName}=${other}`,
      };
    case 'EACCES': {
      const grant = 'sudo setcap cap_net_bind_service=+ep "$(readlink -f "$(command -v node)")"';
      return {
        en:
          `this user is not allowed to listen on ${where}: ports below 1024 need a permission.\n` +
          `  Allow node:          ${grant}\n` +
          `  Or lower the bound:  sudo sysctl net.ipv4.ip_unprivileged_port_start=${port}\n` +
          `  Or use another port: ${portName}=8080, and let a proxy or a port mapping lead ${port} there`,
        zh:
          `当前用户不能监听 ${where}：1024 以下的端口需要权限。\n` +
          `  给 node 权限：${grant}\n` +
          `  或者放宽限制：sudo sysctl net.ipv4.ip_unprivileged_port_start=${port}\n` +
          `  或者换端口：  ${portName}=8080，再由反向代理或端口映射把 ${port} 转过去`,
      };
    }
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND': {
      const name = portName === 'PORT' ? 'HOST' : 'ADMIN_HOST';
      return {
        en: `${host} is not an address of this machine; set ${name}=0.0.0.0 or one that is`,
        zh: `${host} 不是本机的地址；请设置 ${name}=0.0.0.0，或者本机的一个地址`,
      };
    }
    default:
      return {
        en: `cannot listen on ${where}: ${error.message}`,
        zh: `无法监听 ${where}：${error.message}`,
      };
  }
}

/** Listens and returns the port, which the system chooses for 0. @throws CannotListen */
export function listen(
  server: Server,
  { host, port, portName }: { host: string; port: number; portName: 'PORT' | 'ADMIN_PORT' },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void =>
      reject(new CannotListen(listenAdvice(error, host, port, portName), { cause: error }));
    server.once('error', fail);
    // Each process of a group has an admin listener of its own.
    server.listen({ host, port, backlog: BACKLOG, exclusive: portName === 'ADMIN_PORT' }, () => {
      server.off('error', fail);
      const address = server.address();
      // only a server on a Unix socket has no port
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

interface Wanted {
  readonly server: Server;
  readonly host: string;
  readonly port: number;
  readonly portName: 'PORT' | 'ADMIN_PORT';
}

/** Listens on all of them, and returns their ports. @throws CannotListen with every port at fault at once */
export async function listenAll(wanted: readonly Wanted[]): Promise<number[]> {
  const ended = await Promise.allSettled(wanted.map(({ server, ...where }) => listen(server, where)));
  const faults = ended.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  const [first] = faults;
  if (faults.length > 1 && faults.every((fault) => fault instanceof CannotListen))
    throw new CannotListen(
      {
        en: faults.map((fault) => fault.messageIn('en')).join('\n'),
        zh: faults.map((fault) => fault.messageIn('zh')).join('\n'),
      },
      { cause: first },
    );
  if (first !== undefined) throw first;
  return ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
}

/** Longer than any push waits for its answer; requests that are still incomplete by then are cut off. */
const CLOSE_TIMEOUT_MS = 5_500;
const SWEEP_INTERVAL_MS = 50;

/**
 * Accepts no new connections and lets running requests end. Resolves when the last connection is closed, after
 * `limitMs` at the latest, because a closing server of Node no longer times out slow clients.
 */
export function closeServer(server: Server, limitMs = CLOSE_TIMEOUT_MS): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) {
      resolve();
      return;
    }
    // A connection that was busy when the close began stays open after its response.
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
