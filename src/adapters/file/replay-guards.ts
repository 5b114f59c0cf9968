import type { Entry } from './entry.js';
import { ExpiringMap } from './expiring-map.js';

interface Guard {
  readonly fingerprint: string;
  readonly expiresAtMs: number;
}

/** Number of guards in one entry of a snapshot. */
const BATCH_SIZE = 256;

/** Remembers for which push each signature was used. */
export class ReplayGuards {
  readonly #guards = new ExpiringMap<Guard>(({ expiresAtMs }) => expiresAtMs);
  /** New guards as a flat list (id, use and expiry of each), to be written together. */
  #unwritten: (string | number)[] = [];

  /** Takes a guard for a push; `same` or `other`: it was taken before. */
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

  /** Returns the guards that were added since the last call. */
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
