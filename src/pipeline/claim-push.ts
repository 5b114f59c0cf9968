import type { Clock } from '../ports/clock.js';
import type { ClaimRequest, ClaimResult, StateStore, StoredRecord } from '../ports/state-store.js';
import type { OpenedEnvelope } from '../protocol/envelope.js';
import { fingerprint, type Push } from '../protocol/push/push.js';
import { grantFor, triggerOf } from '../protocol/send-windows.js';
import { decodeRecord } from '../push-record/codec.js';
import { mayCarry } from '../push-record/push-record.js';
import type { Account } from './account.js';
import type { RecordRef } from './record/record-ref.js';
import type { RecordTtls } from './record/update-record.js';
import { WECHAT_MAX_ATTEMPTS, WECHAT_TIMEOUT_MS } from './run/pending-attempts.js';
import type { Arrival } from './run/run-deps.js';

export interface ClaimDeps {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly owner: { readonly id: string };
  readonly ttls: RecordTtls;
  readonly settings: {
    readonly replyDeadlineMs: number;
    /** Treatment of a mailbox answer that may have been delivered: `drop` removes it, `resend` sends a second copy. */
    readonly onAmbiguousSend: 'drop' | 'resend';
  };
}

/** The claim of an attempt that is not a replay. */
export type Claimed = Exclude<ClaimResult, { type: 'replayed' }>;

type Writable<T> = { -readonly [P in keyof T]: T[P] };

/** Age of the first attempt from which the next one counts as the last, whatever its number. */
const LAST_ATTEMPT_SINCE_MS = 9_500;

/** Claims a push for this process, with all that its sender's lane, mailbox and send quota need. @throws StoreUnavailable */
export function claimPush(
  { store, clock, owner, ttls }: ClaimDeps,
  account: Account,
  push: Push,
  { sealed, signature }: Pick<OpenedEnvelope, 'sealed' | 'signature'>,
  { key, sender }: RecordRef,
): Promise<ClaimResult> {
  const nowMs = clock.now();
  const trigger = triggerOf(push);
  const request: Writable<ClaimRequest> = { key, owner: owner.id, nowMs, ttlMs: ttls.terminalMs, sender };
  // Plaintext signatures do not cover the body, so a used signature with another push is a forgery.
  if (!sealed)
    request.replayGuard = { key: `${account.appId}:used:${signature}`, fingerprint: fingerprint(push) };
  if (trigger !== undefined) {
    request.grantsQuota = grantFor(trigger, nowMs);
    request.readMailbox = true;
  } else if (push.kind === 'event.unsubscribe') request.revokesQuota = true;
  if (account.deliveryPolicy.channel === 'passive-only') request.countAttempts = true;
  return store.claim(request);
}

/** Derives the times of an attempt, its number and its mailbox from the claim. `isLast`: WeChat probably makes no other. */
export function describeAttempt(
  { settings: { replyDeadlineMs, onAmbiguousSend } }: Pick<ClaimDeps, 'settings'>,
  account: Account,
  { attempts, mailbox }: Claimed,
  ref: RecordRef,
  receivedAtMs: number,
): { arrival: Arrival; isLast: boolean } {
  const isFree = ({ record }: StoredRecord): boolean =>
    mayCarry(decodeRecord(record), ref.key, { nowMs: receivedAtMs, onAmbiguousSend });
  const { count: attemptNumber, sinceMs } = attempts ?? { count: 1, sinceMs: receivedAtMs };
  const isHeld = account.deliveryPolicy.channel === 'passive-only';
  const isLast =
    !isHeld || attemptNumber >= WECHAT_MAX_ATTEMPTS || receivedAtMs - sinceMs >= LAST_ATTEMPT_SINCE_MS;
  const heldMs = isHeld ? (WECHAT_MAX_ATTEMPTS - 1) * WECHAT_TIMEOUT_MS : 0;
  const passiveUntilMs = Math.max(receivedAtMs, sinceMs + heldMs) + replyDeadlineMs;
  return {
    arrival: {
      receivedAtMs,
      attemptNumber,
      sinceMs,
      passiveUntilMs,
      mailbox: mailbox?.filter(({ key, stored }) => key !== ref.key && isFree(stored)) ?? [],
    },
    isLast,
  };
}
