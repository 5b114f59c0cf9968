import type { ClaimExtras, ClaimRequest, ClaimResult, StoredRecord } from '../../ports/state-store.js';
import { lifetimeMs, type KeyNames } from './key-names.js';
import { deedText, ledgerText } from './send-ledger-lua.js';
import { datedText, readKnown, readShelf, recordText } from './stored-text.js';

/** Keys and arguments of one step. */
export interface Step {
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

/** What a claim brings to its script, see `CLAIM`. Nothing travels that was not asked for. */
export function claimStep(request: ClaimRequest, stored: StoredRecord, names: KeyNames): Step {
  const { key, nowMs, keepMs, guard, sender, opens, closes, countTries, wantsShelf } = request;
  const keys = [names.record(key), names.body(key), names.beats];
  const args: (string | number)[] = [];
  let asked = '';
  if (guard !== undefined) {
    asked += 'g';
    keys.push(names.guard(guard.id));
    args.push(guard.use, datedText(guard.use, nowMs + keepMs));
  }
  if (sender !== undefined) {
    asked += 's';
    keys.push(names.lane(sender), names.shelf(sender));
    args.push(key);
    if (closes) {
      asked += 'c';
      keys.push(names.window(sender));
    } else if (opens !== undefined) {
      asked += 'o';
      keys.push(names.window(sender));
      args.push(deedText(opens.deed), opens.messages, opens.fromMs, opens.untilMs);
      args.push(ledgerText(opens), lifetimeMs(Math.max(0, opens.untilMs - nowMs)));
    }
  }
  if (countTries) {
    asked += 't';
    keys.push(names.tries(key));
  }
  if (wantsShelf && sender !== undefined) {
    asked += 'w';
    args.push(names.records);
  }
  return { keys, args: [nowMs, recordText(stored, nowMs + keepMs), lifetimeMs(keepMs), asked, ...args] };
}

/** What the script answered. */
export function readClaim(reply: unknown, request: ClaimRequest, stored: StoredRecord): ClaimResult {
  if (reply === 0) return { type: 'replayed' };
  if (!request.countTries && !request.wantsShelf) return readOutcome(reply, stored);
  // Where the shelf alone was asked for, without a sender, the script had nothing to add.
  if (!request.countTries && request.sender === undefined) return readOutcome(reply, stored);
  const [outcome, count, sinceMs, found]: unknown[] = Array.isArray(reply) ? reply : [];
  const shelf = readShelf(found);
  const extras: ClaimExtras = {
    ...(request.countTries && { tries: { count: Number(count), sinceMs: Number(sinceMs) } }),
    ...(shelf.length > 0 && { shelf }),
  };
  return { ...readOutcome(outcome, stored), ...extras };
}

function readOutcome(reply: unknown, stored: StoredRecord): Exclude<ClaimResult, { type: 'replayed' }> {
  return reply === 1 ? { type: 'claimed', stored } : { type: 'known', ...readKnown(reply) };
}
