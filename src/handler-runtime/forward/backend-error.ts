import type { OpenFault } from '../../protocol/open-passive-reply.js';
import type { ReplyFault } from '../../protocol/read-passive-reply.js';
import { AppError } from '../../protocol/app-error.js';

/**
 * What was wrong with a backend or its answer, in one word. `down` alone is worth another try.
 *
 * @example
 * const isOurs = (fault: BackendFault) => fault === 'bad-msg-signature' || fault === 'bad-envelope';
 */
export type BackendFault =
  | 'down' //      it cannot be reached, closed the connection, or answered 502, 503 or 504
  | 'hung' //      it gave no answer within FORWARD_TIMEOUT_S
  | 'too-large' // its answer is longer than any reply
  | 'status' //    an HTTP status other than 200
  | OpenFault
  | ReplyFault;

/** A backend of `forward` gave no answer that can be used. The message names the backend, without its query. */
export abstract class BackendError extends AppError {
  abstract override readonly code: 'backend_down' | 'backend_failed';
  readonly fault: BackendFault;
  /** Time of the observation, in Unix ms. */
  readonly atMs: number;

  constructor(message: string, { fault, atMs }: { fault: BackendFault; atMs: number }) {
    super(message);
    this.fault = fault;
    this.atMs = atMs;
  }
}

/**
 * The backend cannot be reached, or went away in the middle. `forward` keeps the push and tries again.
 *
 * @example
 * if (error instanceof BackendDown) return ctx.reply.text('系统维护中，请稍后再试。');
 */
export class BackendDown extends BackendError {
  readonly code = 'backend_down';
  override get retryable(): boolean {
    return true;
  }
}

/**
 * The backend answered what WeChat would not take either, or did not answer in time. `fault` says what.
 *
 * @example
 * if (error instanceof BackendFailed) ctx.log.warn({ fault: error.fault }, 'backend failed');
 */
export class BackendFailed extends BackendError {
  readonly code = 'backend_failed';
}
