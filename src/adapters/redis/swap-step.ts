import type { StoredRecord, SwapRequest, SwapResult } from '../../ports/state-store.js';
import type { Step } from './claim-step.js';
import { lifetimeMs, type KeyNames } from './key-names.js';
import { datedText, readStored, recordText } from './stored-text.js';

/** What a swap brings to its script, see `SWAP`. Nothing travels that was not asked for. */
export function swapStep(request: SwapRequest, names: KeyNames): Step {
  const { key, rev, next, nowMs, keepMs, body, sender, also = [] } = request;
  const keys = [names.record(key), names.body(key)];
  const args = [
    nowMs,
    rev,
    recordText({ rev: rev + 1, record: next }, nowMs + keepMs),
    lifetimeMs(keepMs),
    body === undefined ? '' : datedText(body.xml, nowMs + body.keepMs),
    lifetimeMs(body?.keepMs ?? 0),
  ];
  if (sender === undefined && also.length === 0) return { keys, args };
  keys.push(...seats(sender, key, names));
  args.push(names.records, sender?.place ?? '', key, sender?.sinceMs ?? '');
  for (const one of also) {
    keys.push(names.record(one.key), ...seats(one.sender, one.key, names));
    args.push(one.sender?.place ?? '', one.key, one.sender?.sinceMs ?? '', one.rev);
    args.push(recordText({ rev: one.rev + 1, record: one.next }, nowMs + one.keepMs), lifetimeMs(one.keepMs));
  }
  return { keys, args };
}

/** What the script answered. */
export function readSwap(reply: unknown, { rev, next }: SwapRequest): SwapResult {
  const stored: StoredRecord = { rev: rev + 1, record: next };
  if (reply === 1) return { swapped: true, stored };
  if (typeof reply === 'string') return { swapped: true, stored, next: reply };
  if (reply === 0) return { swapped: false, stored: undefined };
  const [, , also]: unknown[] = Array.isArray(reply) ? reply : [];
  return { swapped: false, stored: readStored(reply), ...(also === 1 && { alsoLost: true }) };
}

/** Keys are counted, so one without a sender names something of its own that is not touched. */
function seats(sender: { readonly key: string } | undefined, key: string, names: KeyNames): string[] {
  return sender === undefined
    ? [names.record(key), names.record(key)]
    : [names.lane(sender.key), names.shelf(sender.key)];
}
