import type { Outcome } from '../../handler-runtime/run-handler.js';
import type { JobResult } from '../../ports/deferred-queue.js';
import type { TextStream } from '../../handler-runtime/text-stream.js';
import type { Json } from '../../protocol/json.js';
import type { Push } from '../../protocol/push.js';
import { startTypingIndicator } from '../typing-indicator.js';
import { invokeLater } from '../invoke-handler.js';
import { retryAfter, CONFLICT, type Delivery } from './delivery.js';
import { deathBy, toLateMessages, type NotDeliverable } from '../late-messages.js';
import { defer, endSilently, setMessages } from '../../push-record/transitions.js';
import { drainStream, type StreamEnd } from '../drain-stream.js';

/** Runs of the handler after which it is no longer taken for bad luck that its process died. */
const MAX_RUNS = 5;
/** Between two tries of `later`: 2, 4, 8, 16 s, and up to a fifth more. */
const LATER_BACKOFF_MS = 2_000;

/**
 * Makes the messages where there are none yet, by `later` or by `handle` again. `undefined`: there are messages now.
 * A run that was told to stop may have made anything, so it is run again.
 */
export async function produceMessages(delivery: Delivery): Promise<JobResult | undefined> {
  const { record, job, push } = delivery;
  if (record.state !== 'delivering' || record.work.type === 'messages') return undefined;
  if (push === undefined) return delivery.deadLetter('push_unreadable', 'the stored push cannot be parsed');
  const { runs, work } = record;
  if (runs > MAX_RUNS) return delivery.deadLetter('crashed_repeatedly', `${runs - 1} runs did not end`);
  const { handler, task } = work.type === 'task' ? work : job;
  const run = { handler, attempt: runs, signal: delivery.signal, ...(task === undefined ? {} : { task }) };
  let outcome: Outcome | undefined;
  try {
    outcome = await invokeLater(delivery.deps, delivery.account, push, run);
  } catch (error) {
    return onThrow(delivery, error, task, runs);
  }
  if (delivery.signal.aborted) return delivery.release(0);
  if (outcome === undefined)
    return delivery.deadLetter('handler_missing', `no handler "${handler}" with \`later\``);
  if (outcome.type === 'streaming') {
    const end = await drainLateStream(delivery, push, outcome.stream);
    if (end.type === 'broken') return onThrow(delivery, end.error, task, runs);
    if (delivery.signal.aborted) return delivery.release(0);
    outcome = end;
  }
  switch (outcome.type) {
    case 'silent':
      return delivery.end(await delivery.change(endSilently));
    case 'deferred': {
      const { task: next } = outcome;
      await delivery.change((current, lease) => defer(current, lease, { handler, task: next }));
      return retryAfter(0);
    }
    case 'replied': {
      const messages = toLateMessages(outcome.reply);
      if ('reason' in messages) return delivery.deadLetter(messages.reason, messages.detail);
      return (await delivery.change((current, lease) => setMessages(current, lease, messages)))
        ? undefined
        : CONFLICT;
    }
    default:
      return outcome satisfies never;
  }
}

async function drainLateStream(delivery: Delivery, push: Push, stream: TextStream): Promise<StreamEnd> {
  const { deps, account, ref, signal } = delivery;
  const stop = startTypingIndicator(deps, account, push, ref, stream);
  const abort = (): void => stream.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await drainStream(stream, deps.log, ref.pushId);
  } finally {
    signal.removeEventListener('abort', abort);
    stop();
  }
}

async function onThrow(
  delivery: Delivery,
  error: unknown,
  task: Json | undefined,
  runs: number,
): Promise<JobResult> {
  const { job, deps, signal } = delivery;
  // It heeds the stop.
  if (signal.aborted) return delivery.release(0);
  deps.log.error({ err: error, pushId: job.pushId, handler: job.handler, attempt: runs }, 'a late run threw');
  if (task === undefined)
    return giveUp(delivery, error, { reason: 'handler_threw', detail: 'thrown by a run after a crash' });
  if (runs >= MAX_RUNS) return giveUp(delivery, error, { reason: 'later_threw', detail: `${runs} tries` });
  return delivery.release(delivery.jittered(LATER_BACKOFF_MS * 2 ** (runs - 1)));
}

function giveUp(delivery: Delivery, error: unknown, otherwise: NotDeliverable): Promise<JobResult> {
  const { reason, detail } = deathBy(error, otherwise);
  return delivery.deadLetter(reason, detail);
}
