import type { PushRecord, StoredRecord } from '../../ports/state-store.js';
import { isStoredTerminal } from '../../push-record/codec.js';
import type { LaneEntry } from './lanes.js';

/** A record that is not packed. */
export interface FullRecord {
  readonly stored: StoredRecord;
  readonly expiresAtMs: number;
  /** True if the journal holds the key, so that its end must be written, too. */
  readonly journaled: boolean;
  /** The lane entry; one that was left counts as none. */
  readonly laneEntry: LaneEntry | undefined;
}

/**
 * A journaled record as one number: its expiry and its shape. Nearly all records end alike ("answered, by this process,
 * first fence, first run"), and millions of them wait for their expiry.
 */
export type PackedRecord = number;

const SHAPES = 2048;

/** Packs records of common shapes. At most 2,048 shapes; other records stay unpacked. */
export class RecordShapes {
  readonly #shapes: StoredRecord[] = [];
  readonly #indexes = new Map<string, number>();

  pack(full: FullRecord): PackedRecord | FullRecord {
    const { record, rev } = full.stored;
    if (!full.journaled || full.laneEntry !== undefined || !isPlain(record) || !canPack(full.expiresAtMs))
      return full;
    const name = `${record.state} ${record.fence} ${record.attempt} ${rev} ${record.owner}`;
    let index = this.#indexes.get(name);
    if (index === undefined) {
      index = this.#shapes.length;
      if (index === SHAPES) return full;
      const { state, owner, fence, attempt } = record;
      this.#shapes.push({ rev, record: { state, owner, fence, attempt } });
      this.#indexes.set(name, index);
    }
    return full.expiresAtMs * SHAPES + index;
  }

  unpack(packed: PackedRecord): FullRecord {
    const index = packed % SHAPES;
    const stored = this.#shapes[index]!;
    return { stored, expiresAtMs: (packed - index) / SHAPES, journaled: true, laneEntry: undefined };
  }
}

/** Returns the expiry, Unix ms. */
export function expiryOf(record: PackedRecord | FullRecord): number {
  return typeof record === 'number' ? Math.floor(record / SHAPES) : record.expiresAtMs;
}

const canPack = (expiresAtMs: number) => Number.isInteger(expiresAtMs) && expiresAtMs * SHAPES < 2 ** 52;

/** True for a terminal record that its shape describes completely. */
function isPlain(record: PushRecord): boolean {
  if (!isStoredTerminal(record)) return false;
  for (const field in record) if (!SHAPE_FIELDS.has(field)) return false;
  return true;
}

const SHAPE_FIELDS: ReadonlySet<string> = new Set(['state', 'owner', 'fence', 'attempt']);
