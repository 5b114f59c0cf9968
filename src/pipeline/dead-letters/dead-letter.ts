import { ApiRefused } from '../../api/api-error.js';
import type { DeadReason as SendDeadReason } from '../../api/retry-policy.js';
import type { Clock } from '../../ports/clock.js';
import type { DeferredJob } from '../../ports/deferred-queue.js';
import type { Logger } from '../../ports/logger.js';
import type { DeadLetter, StateStore } from '../../ports/state-store.js';
import { isTerminal, unsentMessages, type Messages, type PushRecord } from '../../push-record/push-record.js';

/** Reasons why a late answer did not reach its user. */
export type DeadReason =
  | SendDeadReason
  | 'handler_threw' //        a run after the deadline failed
  | 'later_threw' //          `later` failed on every try
  | 'handler_timeout' //         an adopted run did not end
  | 'handler_missing' //      no handler of that name any more
  | 'backend_down' //         a backend of `forward` stayed away
  | 'backend_failed' //       a backend of `forward` gave no usable answer
  | 'crashed_repeatedly' //   every process that ran it died
  | 'cannot_be_sent_late' //  an answer that only a passive reply can carry
  | 'reply_invalid' //        what WeChat would not take
  | 'mailbox_expired' //        kept for a next message, and none came
  | 'too_many_messages' //    more than the user's window allows
  | 'job_lost' //             the queue lost the job's data
  | 'push_unreadable'; //     the stored push cannot be parsed any more

/** Reason why a late answer failed, with WeChat's refusal if there was one. */
export interface DeadLetterCause extends Pick<DeadLetter, 'channel' | 'errcode' | 'rid'> {
  readonly reason: DeadReason;
  readonly detail: string;
}

/** Returns errcode and rid of a refusal by WeChat; nothing for other errors. */
export function refusalOf(error: unknown): Pick<DeadLetter, 'errcode' | 'rid'> {
  if (!(error instanceof ApiRefused)) return {};
  const { errcode, rid } = error;
  return { errcode, ...(rid === undefined ? {} : { rid }) };
}

export interface DeadLetterDeps {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called with every letter after it was stored. Must not throw. */
  readonly onDeadLetter?: (letter: DeadLetter) => void;
}

/** Stores a dead letter and reports it. @throws StoreUnavailable */
export async function recordDeadLetter(...what: Parameters<typeof storeDeadLetter>): Promise<void> {
  reportDeadLetter(what[0], await storeDeadLetter(...what));
}

/**
 * Stores a dead letter. The letter that ends a job has the job's id; one about a `part` of the answer has an id of its own, so
 * that neither replaces the other.
 *
 * @throws StoreUnavailable
 */
export async function storeDeadLetter(
  { store, clock }: DeadLetterDeps,
  job: DeferredJob,
  kind: string,
  record: PushRecord,
  cause: DeadLetterCause,
  of: { readonly messages?: Messages; readonly part?: string | undefined } = {},
): Promise<DeadLetter> {
  const { id, appId, pushId, user, handler, push, redrive } = job;
  const { messages = unsentMessages(record), part } = of;
  const task = 'work' in record && record.work.type === 'task' ? record.work.task : job.task;
  const { reason, detail, channel, errcode, rid } = cause;
  const letter: DeadLetter = {
    id: part === undefined ? id : `${id}-${part}`,
    appId,
    pushId,
    user,
    kind,
    handler,
    reason,
    detail,
    ...(channel !== undefined && { channel }),
    ...(errcode !== undefined && { errcode }),
    ...(rid !== undefined && { rid }),
    atMs: clock.now(),
    runs: record.runs,
    push,
    messages,
    // A task that made its messages is done.
    ...(messages.length > 0 || task === undefined ? {} : { task }),
    ...(redrive === undefined ? {} : { record: id }),
    ...(part === undefined ? {} : { part: true }),
  };
  await store.putDeadLetter(letter);
  return letter;
}

/**
 * Ends work as dead: the dead letter is stored first, then the record ends, so that a crash between the two loses
 * neither. If another process owns the record, that process decides its end.
 *
 * @throws StoreUnavailable
 */
export async function endAsDead(
  deps: DeadLetterDeps,
  kept: Promise<DeadLetter>,
  end: () => Promise<{ readonly ok: boolean; readonly record: PushRecord | undefined }>,
): Promise<void> {
  const letter = await kept;
  const { ok, record } = await end();
  if (ok) return reportDeadLetter(deps, letter);
  // If the record is unfinished or dead, the letter may belong to another process, so it stays.
  if (record !== undefined && isTerminal(record) && record.state !== 'dead')
    await deps.store.deleteDeadLetter(letter.id);
}

/** Logs a dead letter and notifies the listener. */
function reportDeadLetter({ log, onDeadLetter }: DeadLetterDeps, letter: DeadLetter): void {
  const { reason, detail, channel, errcode, rid, pushId, kind, handler } = letter;
  log.error(
    { stage: 'dead', letter: letter.id, reason, detail, channel, errcode, rid, pushId, kind, handler },
    'dead letter: a late answer could not be delivered',
  );
  onDeadLetter?.(letter);
}
