import { readDeadLetter } from '../../ports/older-words.js';
import type { DeadLetter, PushRecord, MailboxEntry, StoredRecord } from '../../ports/state-store.js';

/**
 * Encodes a record for Redis. The scripts read the head, so that they can check expiry and owner without parsing the
 * JSON.
 *
 * record   `<rev> <until ms> <length of owner in bytes> <owner><JSON>`
 * others   `<until ms> <text>`
 */
export function encodeRecord({ rev, record }: StoredRecord, untilMs: number): string {
  const { owner } = record;
  return `${rev} ${Math.ceil(untilMs)} ${Buffer.byteLength(owner)} ${owner}${JSON.stringify(record)}`;
}

export function encodeWithExpiry(text: string, untilMs: number): string {
  return `${Math.ceil(untilMs)} ${text}`;
}

/** Decodes the scripts' `{rev, JSON}`, which this code wrote itself. */
export function decodeStored(reply: unknown): StoredRecord {
  const [rev, json]: unknown[] = Array.isArray(reply) ? reply : [];
  const record: PushRecord = JSON.parse(String(json));
  return { rev: Number(rev), record };
}

/** Decodes the scripts' `{rev, JSON, owner alive, body or nil}`. */
export function decodeKnown(reply: unknown): { stored: StoredRecord; ownerAlive: boolean; body?: string } {
  const [, , alive, body]: unknown[] = Array.isArray(reply) ? reply : [];
  const known = { stored: decodeStored(reply), ownerAlive: alive === 1 };
  return typeof body === 'string' ? { ...known, body } : known;
}

/** Decodes the scripts' `{key, rev, JSON, …}`. */
export function decodeMailbox(reply: unknown): MailboxEntry[] {
  const flat: unknown[] = Array.isArray(reply) ? reply : [];
  const mailbox: MailboxEntry[] = [];
  for (let at = 0; at < flat.length; at += 3)
    mailbox.push({ key: String(flat[at]), stored: decodeStored(flat.slice(at + 1)) });
  return mailbox;
}

/** Decodes the scripts' `{JSON, …}`. */
export function decodeDeadLetters(reply: unknown): DeadLetter[] {
  const letters: unknown[] = Array.isArray(reply) ? reply : [];
  return letters.map((json) => readDeadLetter(JSON.parse(String(json))));
}
