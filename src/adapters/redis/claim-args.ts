import type { ClaimExtras, ClaimRequest, ClaimResult, StoredRecord } from '../../ports/state-store.js';
import { lifetimeMs, type KeyNames } from './key-names.js';
import { encodeTrigger, ledgerText } from './send-ledger-lua.js';
import { encodeWithExpiry, decodeKnown, decodeMailbox, encodeRecord } from './record-codec.js';

/** Keys and arguments of a script call. */
export interface ScriptCall {
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

/** Returns the keys and arguments of `CLAIM`. Only the requested parts are sent. */
export function claimArgs(request: ClaimRequest, stored: StoredRecord, names: KeyNames): ScriptCall {
  const { key, nowMs, ttlMs, replayGuard, sender, grantsQuota, revokesQuota, countAttempts, readMailbox } =
    request;
  const keys = [names.record(key), names.body(key), names.heartbeats];
  const args: (string | number)[] = [];
  let flags = '';
  if (replayGuard !== undefined) {
    flags += 'g';
    keys.push(names.replayGuard(replayGuard.key));
    args.push(replayGuard.fingerprint, encodeWithExpiry(replayGuard.fingerprint, nowMs + ttlMs));
  }
  if (sender !== undefined) {
    flags += 's';
    keys.push(names.lane(sender), names.mailbox(sender));
    args.push(key);
    if (revokesQuota) {
      flags += 'c';
      keys.push(names.sendQuota(sender));
    } else if (grantsQuota !== undefined) {
      flags += 'o';
      keys.push(names.sendQuota(sender));
      args.push(
        encodeTrigger(grantsQuota.trigger),
        grantsQuota.messages,
        grantsQuota.fromMs,
        grantsQuota.untilMs,
      );
      args.push(ledgerText(grantsQuota), lifetimeMs(Math.max(0, grantsQuota.untilMs - nowMs)));
    }
  }
  if (countAttempts) {
    flags += 't';
    keys.push(names.attempts(key));
  }
  if (readMailbox && sender !== undefined) {
    flags += 'w';
    args.push(names.records);
  }
  return { keys, args: [nowMs, encodeRecord(stored, nowMs + ttlMs), lifetimeMs(ttlMs), flags, ...args] };
}

/** Decodes the script's result. */
export function readClaim(reply: unknown, request: ClaimRequest, stored: StoredRecord): ClaimResult {
  if (reply === 0) return { type: 'replayed' };
  if (!request.countAttempts && !request.readMailbox) return readOutcome(reply, stored);
  // With the mailbox requested but no sender, the script adds nothing.
  if (!request.countAttempts && request.sender === undefined) return readOutcome(reply, stored);
  const [outcome, count, sinceMs, found]: unknown[] = Array.isArray(reply) ? reply : [];
  const mailbox = decodeMailbox(found);
  const extras: ClaimExtras = {
    ...(request.countAttempts && { attempts: { count: Number(count), sinceMs: Number(sinceMs) } }),
    ...(mailbox.length > 0 && { mailbox }),
  };
  return Object.assign(readOutcome(outcome, stored), extras);
}

function readOutcome(reply: unknown, stored: StoredRecord): Exclude<ClaimResult, { type: 'replayed' }> {
  return reply === 1 ? { type: 'claimed', stored } : { type: 'known', ...decodeKnown(reply) };
}
