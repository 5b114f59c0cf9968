import type { PushRecord, StoredRecord } from '../../ports/state-store.js';
import { isStoredTerminal } from '../../push-record/codec.js';
import type { LaneEntry } from './lanes.js';

/** A record in full. */
export interface FullRecord {
  readonly stored: StoredRecord;
  readonly expiresAtMs: number;
  /** Whether the journal knows the key, so that its end must be told to it. */
  readonly journaled: boolean;
  /** Where it stands for its sender; a seat that was left counts as none. */
  readonly laneEntry: LaneEntry | undefined;
}

/**
 * A journaled record as one number: its expiry, and which of a few shapes it has. Nearly all records end up
 * like many others ("answered, by this process, first fence, first attempt"), and millions of them wait to expire.
 */
export type PackedRecord = number;

const SHAPES = 2048;

/** Packs the records that end alike. At most 2,048 shapes; what does not fit stays in full. */
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

/** When it expires, ms since 1970. */
export function expiryOf(record: PackedRecord | FullRecord): number {
  return typeof record === 'number' ? Math.floor(record / SHAPES) : record.expiresAtMs;
}

const canPack = (expiresAtMs: number) => Number.isInteger(expiresAtMs) && expiresAtMs * SHAPES < 2 ** 52;

/** Terminal, and nothing in it but what the name of its shape tells. */
function isPlain(record: PushRecord): boolean {
  if (!isStoredTerminal(record)) return false;
  for (const field in record) if (!SHAPE_FIELDS.has(field)) return false;
  return true;
}

const SHAPE_FIELDS: ReadonlySet<string> = new Set(['state', 'owner', 'fence', 'attempt']);
