import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Moments in the life of the journal, at which a process can be made to die. */
export const DISK_MOMENTS = [
  'before a write',
  'in the middle of a write',
  'before a sync',
  'after a sync',
  'while a compaction writes',
  'before a compaction has its name',
  'after a compaction has its name',
  'before an old file goes',
] as const;
export type DiskMoment = (typeof DISK_MOMENTS)[number];

/**
 * Loaded before the server: once the file beside it names a moment, the process kills itself there. For a compaction, a
 * sync of the journal fails first: the server writes all it has anew then, as after eight megabytes.
 */
const MODULE = `
import fs, { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const file = new URL('./moment', import.meta.url);
let moment = '';
let hasFailed = false;
setInterval(() => { try { moment = readFileSync(file, 'utf8'); } catch {} }, 10).unref();
const die = () => process.kill(process.pid, 'SIGKILL');
const paths = new Map();
const isOf = (ending, fd) => (paths.get(fd) ?? '').endsWith(ending);
const real = { open: fs.open, write: fs.write, fdatasync: fs.fdatasync, rename: fs.promises.rename, rm: fs.promises.rm };
/** promisify looks for properties of Node's own functions. */
const like = (was, now) => Object.defineProperties(now, Object.getOwnPropertyDescriptors(was));
fs.open = like(real.open, (path, ...rest) => {
  const done = rest.pop();
  real.open(path, ...rest, (error, fd) => {
    if (fd !== undefined) paths.set(fd, String(path));
    done(error, fd);
  });
});
fs.write = like(real.write, (fd, bytes, ...rest) => {
  if (moment === 'while a compaction writes' && isOf('.tmp', fd)) fs.writeSync(fd, bytes, 0, bytes.length >> 1), die();
  if (moment === 'before a write' && isOf('.journal', fd)) die();
  if (moment === 'in the middle of a write' && isOf('.journal', fd)) fs.writeSync(fd, bytes, 0, bytes.length >> 1), die();
  real.write(fd, bytes, ...rest);
});
fs.fdatasync = like(real.fdatasync, (fd, done) => {
  if (moment === 'before a sync' && isOf('.journal', fd)) die();
  if ((moment.includes('compaction') || moment === 'before an old file goes') && !hasFailed && isOf('.journal', fd)) {
    hasFailed = true;
    return done(Object.assign(new Error('made to fail'), { code: 'EIO' }));
  }
  real.fdatasync(fd, (error) => {
    if (moment === 'after a sync' && isOf('.journal', fd)) die();
    done(error);
  });
});
fs.promises.rename = async (from, to) => {
  if (moment === 'before a compaction has its name' && String(to).endsWith('.base')) die();
  await real.rename(from, to);
  if (moment === 'after a compaction has its name' && String(to).endsWith('.base')) die();
};
fs.promises.rm = async (path, options) => {
  if (moment === 'before an old file goes' && /\\.(journal|base)$/.test(String(path))) die();
  await real.rm(path, options);
};
syncBuiltinESMExports();
`;

/** The disk of servers: it kills the process that uses it at a chosen moment. */
export interface DeadlyDisk {
  /** For the environment of a server. */
  readonly nodeOptions: string;
  /** The next process that comes to the moment dies there. */
  dieAt(moment: DiskMoment): Promise<void>;
  /** Nobody dies any more. */
  calm(): Promise<void>;
  remove(): Promise<void>;
}

export async function makeDeadlyDisk(): Promise<DeadlyDisk> {
  const dir = await mkdtemp(join(tmpdir(), 'wechat-disk-'));
  const path = join(dir, 'disk.mjs');
  await writeFile(path, MODULE);
  return {
    nodeOptions: `--import ${pathToFileURL(path).href}`,
    dieAt: (moment) => writeFile(join(dir, 'moment'), moment),
    calm: () => rm(join(dir, 'moment'), { force: true }),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
