import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, realpath, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DataDirInUse, DataDirUnusable } from './data-dir-errors.js';

const SOCKET_NAME = /^owner-[0-9a-f]{8}\.sock$/;
/** The system's limit for a socket's path is 104 to 108 bytes. */
const MAX_SOCKET_PATH = 100;
const MAX_ATTEMPTS = 4;

/** A process's hold on a folder. */
export interface DirLock {
  /** True once the folder, or what stood in it, was taken away: another process could own what is there now. */
  isLost(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Makes this process the folder's only owner, until it lets go or dies.
 *
 * Each contender listens on a socket of its own name in the folder and only then looks for others that listen: of
 * two at once, at least one sees the other. A socket that nobody answers belongs to a dead process, as the
 * system closes it with the process, however that ended; only an owner removes such files. Where the folder's
 * path is too long for a socket, or its file system has none, a folder under the temporary one stands in for it.
 *
 * @throws DataDirInUse     another living process owns it
 * @throws DataDirUnusable  no socket can be made
 */
export async function acquireDirLock(dir: string): Promise<DirLock> {
  const real = await realpath(dir);
  if (process.platform === 'win32') return ownPipe(dir, real);
  const longest = Buffer.byteLength(join(real, 'owner-00000000.sock'));
  try {
    if (longest <= MAX_SOCKET_PATH) return await contend(dir, real);
  } catch (cause) {
    if (cause instanceof DataDirInUse) throw cause;
    // Elsewhere only where no process can ever have one here: else two could own the folder, each in its place.
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (!NO_SOCKETS_HERE.has(code)) throw unusable(dir, cause);
  }
  try {
    const place = join(tmpdir(), `wechat-callback-${digestOf(real)}`);
    await mkdir(place, { recursive: true, mode: 0o700 });
    return await contend(dir, place);
  } catch (cause) {
    throw cause instanceof DataDirInUse ? cause : unusable(dir, cause);
  }
}

const NO_SOCKETS_HERE = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'ENOSYS', 'EINVAL']);

function unusable(dir: string, cause: unknown): DataDirUnusable {
  return new DataDirUnusable(dir, `no socket can be made in it (${String(cause)})`, { cause });
}

const digestOf = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 16);

async function contend(dir: string, place: string): Promise<DirLock> {
  for (let tries = 1; ; tries += 1) {
    const name = `owner-${randomBytes(4).toString('hex')}.sock`;
    const server = await listen(join(place, name));
    try {
      const names = (await readdir(place)).filter((found) => SOCKET_NAME.test(found));
      const others = names.filter((other) => other !== name);
      const alive = await Promise.all(others.map((other) => answers(join(place, other))));
      // An owner who saw our socket half made, and took it for a dead one, has removed it.
      const stillThere = await exists(join(place, name));
      if (stillThere && !alive.includes(true)) {
        await Promise.all(others.map((other) => rm(join(place, other), { force: true })));
        return {
          isLost: async () => !(await exists(join(place, name))),
          release: () => closeServer(server),
        };
      }
    } catch (error) {
      await closeServer(server);
      throw error;
    }
    await closeServer(server);
    if (tries === MAX_ATTEMPTS) throw new DataDirInUse(dir);
    // Two that start together may refuse each other; a random pause lets one of them win.
    await pause(20 + Math.random() * 80);
  }
}

async function ownPipe(dir: string, real: string): Promise<DirLock> {
  try {
    const server = await listen(`\\\\.\\pipe\\wechat-callback-${digestOf(real.toLowerCase())}`);
    return { isLost: () => Promise.resolve(false), release: () => closeServer(server) };
  } catch (cause) {
    throw new DataDirInUse(dir, { cause });
  }
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', reject);
    server.listen(path, () => {
      server.on('error', () => {}); // a failed accept is no reason to fall: who asks sees a living owner all the same
      resolve(server);
    });
  });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Whether somebody listens there. Anything but a plain "nobody" counts as yes: a frozen owner is an owner. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
