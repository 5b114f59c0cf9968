import type { Answer } from './answer.js';
import type { Exchange } from './exchange.js';

/** Returns what the user sees of an answer. CreateTime is ignored: an answer that is written twice stays the same. */
export function meaning({ kind, fields }: Answer, { status }: Exchange): string {
  if (fields !== undefined) return JSON.stringify({ ...fields, CreateTime: '' });
  return kind === 'status' ? `status ${status ?? 0}` : kind;
}
