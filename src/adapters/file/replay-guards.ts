import type { Entry } from './entry.js';
import { ExpiringMap } from './expiring-map.js';

interface Guard {
  readonly fingerprint: string;
  readonly expiresAtMs: number;
}

/** So many stand in one entry of a compacted journal. */
const BATCH_SIZE = 256;

/** What each signature was used for. */
export class ReplayGuards {
  readonly #guards = new ExpiringMap<Guard>(({ expiresAtMs }) => expiresAtMs);
  /** Id, use and end of each new one, one after the other: they are written together. */
  #unwritten: (string | number)[] = [];

  /** Takes a guard for a use, or finds it taken. */
  take(id: string, use: string, expiresAtMs: number, nowMs: number): 'new' | 'same' | 'other' {
    const known = this.#guards.get(id, nowMs);
    if (known !== undefined) return known.fingerprint === use ? 'same' : 'other';
    this.put(id, use, expiresAtMs, nowMs);
    this.#unwritten.push(id, use, expiresAtMs);
    return 'new';
  }

  put(id: string, use: string, expiresAtMs: number, nowMs: number): void {
    this.#guards.set(id, { fingerprint: use, expiresAtMs }, nowMs);
  }

  /** Those that came since it was asked last. */
  pendingEntries(): Entry[] {
    const list = this.#unwritten;
    this.#unwritten = [];
    return list.length === 0 ? [] : [['guards', list]];
  }

  replay(list: readonly (string | number)[], nowMs: number): void {
    for (let at = 0; at + 2 < list.length; at += 3)
      this.put(String(list[at]), String(list[at + 1]), Number(list[at + 2]), nowMs);
  }

  *snapshot(nowMs: number): Generator<Entry> {
    let list: (string | number)[] = [];
    for (const [id, { fingerprint, expiresAtMs }] of this.#guards.entries(nowMs)) {
      list.push(id, fingerprint, expiresAtMs);
      if (list.length < 3 * BATCH_SIZE) continue;
      yield ['guards', list];
      list = [];
    }
    if (list.length > 0) yield ['guards', list];
  }
}
