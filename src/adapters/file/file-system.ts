import { close, constants, fdatasync, write } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { open as openDescriptor } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';

/** A file that only grows. */
export interface AppendFile {
  /** Appends all bytes or rejects. After a rejection an unknown part of them is in the file. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves once everything written would survive a power failure. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The file system operations that the journal needs. A test can make any of them fail. */
export interface FileSystem {
  /** Creates the directory with its parents if absent, and checks that it is usable. */
  makeFolder(path: string): Promise<void>;
  list(folder: string): Promise<string[]>;
  read(path: string): Promise<Buffer>;
  /** Returns the size of the file at the path, in bytes. Rejects if there is none. */
  size(path: string): Promise<number>;
  /** Creates a file that only its owner may read: the journal holds tokens and messages. Rejects if it exists. */
  create(path: string): Promise<AppendFile>;
  /** Truncates the file to `size` bytes, durably. */
  truncate(path: string, size: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, if it exists. */
  remove(path: string): Promise<void>;
  /** Makes creations, renames and removals in the directory durable. */
  syncFolder(folder: string): Promise<void>;
}

const openFile = promisify(openDescriptor);
const writeSome = promisify(write);
const syncData = promisify(fdatasync);
const closeFile = promisify(close);

/**
 * Creates one level at a time: Node's `recursive` never ends if a level cannot be created and reports ENOENT, as in
 * /proc.
 */
async function makeFolders(path: string): Promise<void> {
  if (await isFolder(path)) return;
  await makeFolders(dirname(path));
  await mkdir(path, { mode: 0o700 }).catch(async (error: unknown) => {
    // Two processes may start at once.
    if (!(await isFolder(path))) throw error;
  });
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => dirname(path) === path,
  );

/** The file system of the machine. */
export const disk: FileSystem = {
  async makeFolder(path) {
    await makeFolders(resolve(path));
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  },
  list: (folder) => readdir(folder),
  read: (path) => readFile(path),
  size: async (path) => (await stat(path)).size,
  async create(path) {
    const fd = await openFile(path, 'ax', 0o600);
    return {
      async write(bytes) {
        for (let done = 0; done < bytes.length;) {
          const { bytesWritten } = await writeSome(fd, bytes, done, bytes.length - done);
          done += bytesWritten;
        }
      },
      sync: () => syncData(fd),
      close: () => closeFile(fd),
    };
  },
  async truncate(path, size) {
    const file = await open(path, 'r+');
    try {
      await file.truncate(size);
      await file.datasync();
    } finally {
      await file.close();
    }
  },
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { force: true }),
  async syncFolder(folder) {
    if (process.platform === 'win32') return; // directories cannot be opened on Windows, and need not be synced
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};
