import { AppError } from '../protocol/app-error.js';
import { ERRCODES } from '../protocol/errcodes.js';
import type { RetryCounts } from '../push-record/push-record.js';
import { ApiRefused, ApiUnreachable, SecretMissing, TokenAwaited } from './api-error.js';
import { SEND_PATH } from './client.js';
import { TokenServerRefused, TokenServerUnreachable } from './token-server.js';

/** Reasons to give up a message, for dead letters, logs and metrics. */
export type DeadReason =
  | 'window-closed' //   the user cannot be reached now
  | 'permission' //      the account lacks the right, or is punished
  | 'bad-request' //     WeChat, or our own check, finds the message wrong
  | 'quota-exhausted' // the day's calls are used up
  | 'config' //          secret, AppID, whitelist: an operator must act
  | 'busy' //            WeChat was busy or limiting too often
  | 'unreachable' //     no connection until the user's window was over
  | 'unknown'; //        it left, and nobody knows whether it arrived

/** The next step for a message whose send failed. */
export type NextStep =
  | {
      readonly type: 'retry';
      readonly afterMs: number;
      readonly retries: RetryCounts;
      /** The limit covers the account: no other message of it should be tried sooner. */
      readonly pausesAccount?: true;
    }
  | { readonly type: 'dead'; readonly reason: DeadReason; readonly detail: string }
  /** The request was sent and got no answer: `ON_AMBIGUOUS_SEND` decides. */
  | { readonly type: 'ambiguous'; readonly detail: string };

const MAX_FAILURES = 5;
const MAX_LIMITED = 30;
const MINUTE_MS = 60_000;
/** Limit of the send quota: no message may be sent later. */
const LATEST_MS = 48 * 3_600_000;

/**
 * Decides what to do after a failed `messages.send`. Pure.
 *
 * @param error  thrown by `send`, or by the `tokens.get` before it
 * @param at     times of the failure and of the push (Unix ms); `sendPath`: path of the sending call
 *               if it is not that of customer-service messages
 * @param random from 0 up to 1
 */
export function decideRetry(
  error: unknown,
  retries: RetryCounts,
  at: { readonly nowMs: number; readonly pushedAtMs: number; readonly sendPath?: string },
  random: () => number = Math.random,
): NextStep {
  const { sendPath = SEND_PATH } = at;
  const tooLate = at.nowMs - at.pushedAtMs >= LATEST_MS;
  const inJitter = (ms: number) => Math.round(ms * (0.8 + 0.4 * random()));
  const wait = (ms: number): Extract<NextStep, { type: 'retry' }> => ({
    type: 'retry',
    afterMs: ms,
    retries: { ...retries, waits: retries.waits + 1 },
  });
  const tryAgain = (ms: number, reason: DeadReason, detail: string): NextStep =>
    tooLate || retries.failures >= MAX_FAILURES
      ? { type: 'dead', reason, detail }
      : { type: 'retry', afterMs: inJitter(ms), retries: { ...retries, failures: retries.failures + 1 } };

  if (error instanceof ApiUnreachable || error instanceof TokenServerUnreachable) {
    // A lost answer to a token call is not ambiguous: the message was not sent.
    if (error instanceof ApiUnreachable && error.sent && error.endpoint === sendPath)
      return { type: 'ambiguous', detail: error.message };
    if (tooLate) return { type: 'dead', reason: 'unreachable', detail: error.message };
    return wait(inJitter(backOff(retries.waits)));
  }
  if (error instanceof TokenServerRefused || error instanceof TokenAwaited)
    return tooLate
      ? { type: 'dead', reason: 'config', detail: error.message }
      : wait(inJitter(backOff(retries.waits)));
  if (error instanceof ApiRefused) {
    const detail = detailOf(error);
    // An operator must act before there is a token, and the log says so: messages wait until their quota ends.
    if (error.endpoint !== sendPath)
      return tooLate ? { type: 'dead', reason: 'config', detail } : wait(inJitter(backOff(retries.waits)));
    switch (error.errorClass) {
      case 'retry':
        return tryAgain(backOff(retries.failures), 'busy', detail);
      case 'rate-limited':
        if (retries.waits < MAX_LIMITED && !tooLate) return { ...wait(MINUTE_MS), pausesAccount: true };
        return tryAgain(MINUTE_MS, 'busy', detail);
      case 'token-invalid':
      case 'config':
        return tryAgain(backOff(retries.failures), 'config', detail);
      case 'window-closed':
      case 'permission':
      case 'bad-request':
      case 'quota-exhausted':
        return { type: 'dead', reason: error.errorClass, detail };
      default:
        return error.errorClass satisfies never;
    }
  }
  if (error instanceof SecretMissing) return tryAgain(backOff(retries.failures), 'config', error.message);
  // Our own check refused it before the send; any other error is a bug that may have happened at any point.
  if (error instanceof AppError) return { type: 'dead', reason: 'bad-request', detail: error.message };
  return { type: 'ambiguous', detail: error instanceof Error ? error.name : 'not an error' };
}

/** Returns 1, 2, 4 … s, at most a minute. */
function backOff(times: number): number {
  return Math.min(1_000 * 2 ** times, MINUTE_MS);
}

function detailOf({ endpoint, errcode, text, rid }: ApiRefused): string {
  const advice = ERRCODES.get(errcode)?.advice.en;
  return [
    `${endpoint}: errcode ${errcode} ${text}`,
    ...(rid === undefined ? [] : [`rid ${rid}`]),
    ...(advice === undefined ? [] : [advice]),
  ].join('; ');
}
