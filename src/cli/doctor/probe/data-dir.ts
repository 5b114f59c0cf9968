import { randomBytes } from 'node:crypto';
import { mkdir, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isOwned } from '../../../adapters/file/dir-lock.js';

export interface DataDirFacts {
  readonly dir: string;
  /** The system's error code, such as `EACCES`, if it cannot be created or written. */
  readonly error?: string;
  readonly freeBytes?: number;
  /** True if a living process owns its journal. */
  readonly owned: boolean;
}

/** Writes a file to the journal's directory and removes it again. */
export async function probeDataDir(configured: string): Promise<DataDirFacts> {
  const dir = resolve(configured);
  const made = await mkdir(dir, { recursive: true }).then(
    (first) => ({ first }),
    (error: unknown) => ({ error: codeOf(error) }),
  );
  if ('error' in made) return { dir, error: made.error, owned: false };
  try {
    const trial = join(dir, `doctor-${randomBytes(4).toString('hex')}.tmp`);
    await writeFile(trial, Buffer.alloc(4_096));
    await rm(trial);
    const { bavail, bsize } = await statfs(dir);
    return { dir, freeBytes: bavail * bsize, owned: await isOwned(dir) };
  } catch (error) {
    return { dir, error: codeOf(error), owned: false };
  } finally {
    if (made.first !== undefined) await removeEmpty(dir, made.first);
  }
}

/**
 * Removes the directories that the probe created, innermost first. One that a server uses by now is not empty, and
 * stays.
 */
async function removeEmpty(from: string, until: string): Promise<void> {
  for (let folder = from; folder.length >= until.length; folder = dirname(folder))
    await rmdir(folder).catch(() => {});
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
