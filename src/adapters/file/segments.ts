import { join } from 'node:path';
import type { Logger } from '../../ports/logger.js';
import { DataDirUnusable } from './data-dir-errors.js';
import { FORMAT } from './entry.js';
import type { Entry } from './entry.js';
import type { FileSystem } from './file-system.js';
import { scanFrames } from './frame.js';
import { readOlderEntry } from './older-entries.js';

/** A file of the journal. `log`: entries in order. `base`: a snapshot that replaces all older segments. */
export interface Segment {
  readonly number: number;
  readonly kind: 'log' | 'base';
  readonly path: string;
  bytes: number;
  damaged: boolean;
}

/** `.log` is only read, from older versions: people and clean-up programs delete such files. */
const NAME = /^(\d{10})\.(journal|log|base)$/;

export function segmentPath(dir: string, number: number, ending: 'journal' | 'base' | 'tmp'): string {
  return join(dir, `${String(number).padStart(10, '0')}.${ending}`);
}

/**
 * Replays a journal directory in order. Removes unfinished compactions and segments that a finished one replaced.
 * Truncates a torn tail of the last segment; other damage is marked on its segment, and its readable entries are used.
 *
 * Out:   the remaining segments, oldest first
 * @throws DataDirUnusable  the directory cannot be read, or a newer version wrote it
 */
export async function replaySegments(
  dir: string,
  files: FileSystem,
  log: Logger,
  replay: (entry: Entry) => void,
): Promise<Segment[]> {
  const segments = await keptSegments(dir, files);
  const last = segments.at(-1);
  for (const segment of segments) {
    const bytes = await files.read(segment.path);
    segment.bytes = bytes.length;
    // Until the version entry is read, older names are possible.
    let version = 0;
    const scan = scanFrames(bytes, (entry) => {
      if (entry[0] !== 'journal') replay(version < FORMAT[1] ? readOlderEntry(entry) : entry);
      else if (entry[1] > FORMAT[1]) throw newer(dir, entry[1]);
      else version = entry[1];
    });
    if (scan.bad === 'nothing') continue;
    const fields = { file: segment.path, from: scan.cleanUntil, bytes: bytes.length };
    if (scan.bad === 'tail' && segment === last && segment.kind === 'log') {
      // A crash during a write: nothing behind this point was ever confirmed.
      log.warn(fields, 'journal truncated: it ended in an unfinished write');
      await files.truncate(segment.path, scan.cleanUntil);
      segment.bytes = scan.cleanUntil;
    } else {
      log.error(fields, 'journal damaged: a segment is set aside, and what can be read of it is served');
      segment.damaged = true;
    }
  }
  return segments;
}

async function keptSegments(dir: string, files: FileSystem): Promise<Segment[]> {
  const found: Segment[] = [];
  for (const name of await files.list(dir)) {
    const [, number, ending] = NAME.exec(name) ?? [];
    if (ending !== undefined)
      found.push({
        number: Number(number),
        kind: ending === 'base' ? 'base' : 'log',
        path: join(dir, name),
        bytes: 0,
        damaged: false,
      });
    else if (name.endsWith('.tmp')) await files.remove(join(dir, name));
  }
  const base = Math.max(0, ...found.filter(({ kind }) => kind === 'base').map(({ number }) => number));
  const counts = ({ number, kind }: Segment) => number > base || (number === base && kind === 'base');
  for (const segment of found) if (!counts(segment)) await files.remove(segment.path);
  return found.filter(counts).sort((a, b) => a.number - b.number);
}

function newer(dir: string, version: number): DataDirUnusable {
  return new DataDirUnusable(dir, {
    en: `its journal has format ${version}, this version reads ${FORMAT[1]}`,
    zh: `它的 journal 是格式 ${version}，这个版本只能读格式 ${FORMAT[1]}`,
  });
}
