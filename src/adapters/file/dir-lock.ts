import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, realpath, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DataDirInUse, DataDirUnusable } from './data-dir-errors.js';

const SOCKET_NAME = /^owner-[0-9a-f]{8}\.sock$/;
/** Systems limit the path of a socket to 104 to 108 bytes. */
const MAX_SOCKET_PATH = 100;
const MAX_ATTEMPTS = 4;

/** The lock of a process on a directory. */
export interface DirLock {
  /** True once the directory or its content was removed: another process could own what is there now. */
  isLost(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Makes this process the only owner of the directory, until it releases the lock or dies.
 *
 * Each contender listens on a socket with its own name in the directory, and only then looks for other listeners: of
 * two at once, at least one sees the other. A socket without a listener belongs to a dead process, because the system
 * closes it with the process; only an owner removes such files. If the path is too long for a socket, or the file
 * system does not support sockets, a directory under the temporary one is used instead.
 *
 * @throws DataDirInUse     another living process owns it
 * @throws DataDirUnusable  no socket can be created
 */
export async function acquireDirLock(dir: string): Promise<DirLock> {
  const real = await realpath(dir);
  if (process.platform === 'win32') return ownPipe(dir, real);
  try {
    if (fitsSocket(real)) return await contend(dir, real);
  } catch (cause) {
    if (cause instanceof DataDirInUse) throw cause;
    // Uses the other place only if no process can ever have a socket here; otherwise two could own the directory.
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (!NO_SOCKETS_HERE.has(code)) throw unusable(dir, cause);
  }
  try {
    const place = standIn(real);
    await mkdir(place, { recursive: true, mode: 0o700 });
    return await contend(dir, place);
  } catch (cause) {
    throw cause instanceof DataDirInUse ? cause : unusable(dir, cause);
  }
}

/**
 * True if a living process owns the directory. Takes no lock, so that a server that starts meanwhile is not refused.
 */
export async function isOwned(dir: string): Promise<boolean> {
  const real = await realpath(dir);
  if (process.platform === 'win32') return answers(pipeOf(real));
  const places = [real, standIn(real)];
  const sockets = await Promise.all(
    places.map(async (place) =>
      (await readdir(place).catch(() => []))
        .filter((name) => SOCKET_NAME.test(name))
        .map((name) => join(place, name)),
    ),
  );
  return (await Promise.all(sockets.flat().map(answers))).includes(true);
}

const fitsSocket = (real: string): boolean =>
  Buffer.byteLength(join(real, 'owner-00000000.sock')) <= MAX_SOCKET_PATH;

const standIn = (real: string): string => join(tmpdir(), `wechat-callback-${digestOf(real)}`);

const pipeOf = (real: string): string => `\\\\.\\pipe\\wechat-callback-${digestOf(real.toLowerCase())}`;

const NO_SOCKETS_HERE = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'ENOSYS', 'EINVAL']);

function unusable(dir: string, cause: unknown): DataDirUnusable {
  const words = {
    en: `no socket can be made in it (${String(cause)})`,
    zh: `无法在里面建立 socket（${String(cause)}）`,
  };
  return new DataDirUnusable(dir, words, { cause });
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
      // An owner may have seen our socket before it listened, and removed it as dead.
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
    // Two that start at once may refuse each other; a random pause lets one of them win.
    await pause(20 + Math.random() * 80);
  }
}

async function ownPipe(dir: string, real: string): Promise<DirLock> {
  try {
    const server = await listen(pipeOf(real));
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
      server.on('error', () => {}); // a failed accept must not end the process; the contender sees a living owner anyway
      resolve(server);
    });
  });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** True if a process listens there. Anything but a refused connection counts: a frozen owner is still an owner. */
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
