import { FORMAT } from './entry.js';
import type { Journaled } from './entry.js';
import type { FileSystem } from './file-system.js';
import { FrameWriter } from './frame.js';

/** Size of one write: small, so that pushes are served between two writes. */
const CHUNK_BYTES = 64 * 1024;
/** Bytes between two syncs, so that the journal's own small syncs never wait for hundreds of megabytes. */
const SYNC_BYTES = 8 * 1024 * 1024;

/**
 * Writes all live data into a new file and syncs it.
 *
 * The state may change while it is read: every change since the last segment ended is in the newer segments, which are
 * replayed after this file, and entries hold values, not changes.
 *
 * @returns the file's size in bytes
 * @throws if a step fails or `stopped` turns true; the file is then useless
 */
export async function writeBase(
  files: FileSystem,
  path: string,
  parts: readonly Journaled[],
  stopped: () => boolean,
): Promise<number> {
  const file = await files.create(path);
  try {
    const frames = new FrameWriter();
    let bytes = 0;
    let unsynced = 0;
    const write = async () => {
      if (stopped()) throw new Error('the journal was closed');
      const chunk = frames.take();
      await file.write(chunk);
      bytes += chunk.length;
      unsynced += chunk.length;
      if (unsynced < SYNC_BYTES) return;
      await file.sync();
      unsynced = 0;
    };
    frames.add(JSON.stringify(FORMAT));
    for (const part of parts) {
      for (const entry of part.snapshot()) {
        frames.add(JSON.stringify(entry));
        if (frames.size >= CHUNK_BYTES) await write();
      }
    }
    await write();
    await file.sync();
    return bytes;
  } finally {
    await file.close().catch(() => {});
  }
}
