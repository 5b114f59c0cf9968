import type { DeadLetter, PushRecord, ShelvedRecord, StoredRecord } from '../../ports/state-store.js';

/**
 * How values look in Redis. The scripts in `scripts.ts` read the heads, so that they can judge expiry and owners
 * without taking the JSON apart.
 *
 * record   `<rev> <until ms> <length of owner in bytes> <owner><JSON>`
 * others   `<until ms> <text>`
 */
export function recordText({ rev, record }: StoredRecord, untilMs: number): string {
  const { owner } = record;
  return `${rev} ${Math.ceil(untilMs)} ${Buffer.byteLength(owner)} ${owner}${JSON.stringify(record)}`;
}

export function datedText(text: string, untilMs: number): string {
  return `${Math.ceil(untilMs)} ${text}`;
}

/** The scripts' `{rev, JSON}`. What we wrote ourselves comes back as we wrote it. */
export function readStored(reply: unknown): StoredRecord {
  const [rev, json]: unknown[] = Array.isArray(reply) ? reply : [];
  const record: PushRecord = JSON.parse(String(json));
  return { rev: Number(rev), record };
}

/** The scripts' `{rev, JSON, owner alive, body or nil}`. */
export function readKnown(reply: unknown): { stored: StoredRecord; ownerAlive: boolean; body?: string } {
  const [, , alive, body]: unknown[] = Array.isArray(reply) ? reply : [];
  const known = { stored: readStored(reply), ownerAlive: alive === 1 };
  return typeof body === 'string' ? { ...known, body } : known;
}

/** The scripts' `{key, rev, JSON, …}`. */
export function readShelf(reply: unknown): ShelvedRecord[] {
  const flat: unknown[] = Array.isArray(reply) ? reply : [];
  const shelf: ShelvedRecord[] = [];
  for (let at = 0; at < flat.length; at += 3)
    shelf.push({ key: String(flat[at]), stored: readStored(flat.slice(at + 1)) });
  return shelf;
}

/** The scripts' `{JSON, …}`. */
export function readLetters(reply: unknown): DeadLetter[] {
  const letters: unknown[] = Array.isArray(reply) ? reply : [];
  return letters.map((json): DeadLetter => JSON.parse(String(json)));
}
