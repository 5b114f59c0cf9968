import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../../ports/clock.js';
import { sleep } from '../../../ports/sleep.js';
import type { FileSystem } from '../file-system.js';

const NAME = 'stand-ins.key';
const KEY_BYTES = 32;
/** Reads of the key file while another process may be writing it. */
const LOOKS = 20;
const PAUSE_MS = 100;

/**
 * Opens the key of the stand-ins, or creates it at the first start. All processes that share the directory use the same
 * key, so attempts of one push get the same stand-ins. The key is in a file of its own, so that recordings alone reveal
 * nothing.
 *
 * @throws errors of the file system, or that the file is not such a key
 */
export async function openStandInKey(dir: string, files: FileSystem, clock: Clock): Promise<Uint8Array> {
  const path = join(dir, NAME);
  const made = await makeKey(path, files).catch((error: unknown) => {
    if (errorCode(error) === 'EEXIST') return undefined;
    throw error;
  });
  if (made !== undefined) return made;
  for (let looks = 1; ; looks += 1) {
    const key = await files.read(path);
    if (key.length === KEY_BYTES) return key;
    if (looks === LOOKS) throw new Error(`${path} has ${key.length} bytes, not ${KEY_BYTES}: remove it`);
    await sleep(clock, PAUSE_MS);
  }
}

/** Returns the system's error code, such as ENOSPC. */
export const errorCode = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

async function makeKey(path: string, files: FileSystem): Promise<Uint8Array> {
  const key = randomBytes(KEY_BYTES);
  const file = await files.create(path);
  await file.write(key);
  await file.sync();
  await file.close();
  return key;
}
