import type { StoredRecord, SwapRequest, SwapResult } from '../../ports/state-store.js';
import type { ScriptCall } from './claim-args.js';
import { lifetimeMs, type KeyNames } from './key-names.js';
import { encodeWithExpiry, decodeStored, encodeRecord } from './record-codec.js';

/** Returns the keys and arguments of `SWAP`. Only the requested parts are sent. */
export function swapArgs(request: SwapRequest, names: KeyNames): ScriptCall {
  const { key, rev, next, nowMs, ttlMs, body, sender, linked = [] } = request;
  const keys = [names.record(key), names.body(key)];
  const args = [
    nowMs,
    rev,
    encodeRecord({ rev: rev + 1, record: next }, nowMs + ttlMs),
    lifetimeMs(ttlMs),
    body === undefined ? '' : encodeWithExpiry(body.xml, nowMs + body.ttlMs),
    lifetimeMs(body?.ttlMs ?? 0),
  ];
  if (sender === undefined && linked.length === 0) return { keys, args };
  keys.push(...laneKeys(sender, key, names));
  args.push(names.records, sender?.place ?? '', key, sender?.sinceMs ?? '');
  for (const swap of linked) {
    keys.push(names.record(swap.key), ...laneKeys(swap.sender, swap.key, names));
    args.push(swap.sender?.place ?? '', swap.key, swap.sender?.sinceMs ?? '', swap.rev);
    args.push(
      encodeRecord({ rev: swap.rev + 1, record: swap.next }, nowMs + swap.ttlMs),
      lifetimeMs(swap.ttlMs),
    );
  }
  return { keys, args };
}

/** Decodes the script's result. */
export function readSwap(reply: unknown, { rev, next }: SwapRequest): SwapResult {
  const stored: StoredRecord = { rev: rev + 1, record: next };
  if (reply === 1) return { swapped: true, stored };
  if (typeof reply === 'string') return { swapped: true, stored, next: reply };
  if (reply === 0) return { swapped: false, stored: undefined };
  const [, , also]: unknown[] = Array.isArray(reply) ? reply : [];
  return { swapped: false, stored: decodeStored(reply), ...(also === 1 && { linkedConflict: true }) };
}

/** The number of keys is fixed, so a change without a sender gives keys that are not used. */
function laneKeys(sender: { readonly key: string } | undefined, key: string, names: KeyNames): string[] {
  return sender === undefined
    ? [names.record(key), names.record(key)]
    : [names.lane(sender.key), names.mailbox(sender.key)];
}
