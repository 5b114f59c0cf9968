import type { Outcome } from '../../handler-runtime/run-handler.js';
import type { TextStream } from '../../handler-runtime/text-stream.js';
import type { DeferredJob } from '../../ports/deferred-queue.js';
import type { Push } from '../../protocol/push/push.js';
import type { PushRecord } from '../../push-record/push-record.js';
import type { Account } from '../account.js';
import { drainStream, type StreamEnd } from '../drain-stream.js';
import { invokeLater } from '../invoke-handler.js';
import { knownDeadReason, toLateMessages } from '../late-messages.js';
import type { RecordRef } from '../record/record-ref.js';
import type { RunDeps } from '../run/run-deps.js';
import { startTypingIndicator } from '../typing-indicator.js';
import type { DeliveryEvent, Made } from './delivery-state.js';

/** One run of the handler after the deadline. */
export interface LateRun {
  readonly account: Account;
  readonly push: Push;
  readonly ref: RecordRef;
  readonly job: DeferredJob;
  readonly record: PushRecord;
  readonly signal: AbortSignal;
}

type Ended = Exclude<Outcome, { type: 'streaming' }>;

/**
 * Runs `later`, or `handle` again if there is no task, and returns the result as an event. The result of an aborted run is
 * ignored.
 */
export async function runLate(deps: RunDeps, run: LateRun): Promise<DeliveryEvent> {
  const { job, record, signal } = run;
  const { handler, task } = 'work' in record && record.work.type === 'task' ? record.work : job;
  const attempt = record.runs;
  const about = { handler, attempt, signal, ...(task !== undefined && { task }) };
  let ended: Ended | undefined;
  try {
    const outcome = await invokeLater(deps, run.account, run.push, about);
    ended = outcome?.type === 'streaming' ? await drain(deps, run, outcome.stream) : outcome;
  } catch (error) {
    if (signal.aborted) return { type: 'stopped' };
    deps.log.error(
      { err: error, pushId: job.pushId, handler: job.handler, attempt },
      'handler failed: a late run threw',
    );
    const known = knownDeadReason(error);
    return { type: 'threw', ...(known !== undefined && { known }) };
  }
  return signal.aborted ? { type: 'stopped' } : { type: 'made', made: madeOf(ended, handler) };
}

async function drain(
  deps: RunDeps,
  { account, push, ref, signal }: LateRun,
  stream: TextStream,
): Promise<Ended> {
  const stopTyping = startTypingIndicator(deps, account, push, ref, stream);
  const abort = (): void => stream.abort();
  signal.addEventListener('abort', abort, { once: true });
  let end: StreamEnd;
  try {
    end = await drainStream(stream, deps.log, ref.pushId);
  } finally {
    signal.removeEventListener('abort', abort);
    stopTyping();
  }
  if (end.type === 'broken') throw end.error;
  return end;
}

/** The result of a run as the delivery machine takes it: messages, another task, nothing, or a dead letter. */
function madeOf(ended: Ended | undefined, handler: string): Made {
  switch (ended?.type) {
    case undefined:
      return { type: 'dead', reason: 'handler_missing', detail: `no handler "${handler}" with \`later\`` };
    case 'silent':
      return { type: 'nothing' };
    case 'deferred': {
      const { task, afterMs } = ended;
      return { type: 'task', handler, task, ...(afterMs !== undefined && { afterMs }) };
    }
    case 'replied': {
      const messages = toLateMessages(ended.reply);
      return 'reason' in messages ? { type: 'dead', ...messages } : { type: 'messages', messages };
    }
    default:
      return ended satisfies never;
  }
}
