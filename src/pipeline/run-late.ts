import type { Outcome } from '../handling/run-handler.js';
import type { JobVerdict } from '../ports/deferred-queue.js';
import type { TextStream } from '../handling/text-stream.js';
import type { Json } from '../protocol/json.js';
import type { Push } from '../protocol/push.js';
import { accompany } from './accompany.js';
import { finishFor } from './handle-for.js';
import { again, LOST, type LateJob } from './late-job.js';
import { deathBy, toLateMessages, type NoLateRoad } from './late-messages.js';
import { defer, endSilently, setMessages } from '../push-record/transitions.js';
import { endOf, type StreamEnd } from './stream-end.js';

/** Runs of the handler after which it is no longer taken for bad luck that its process died. */
const MOST_ATTEMPTS = 5;
/** Between two tries of `later`: 2, 4, 8, 16 s, and up to a fifth more. */
const LATER_BACKOFF_MS = 2_000;

/**
 * Makes the messages where there are none yet, by `later` or by `handle` again. `undefined`: there are messages now.
 * A run that was told to stop may have made anything, so it is run again.
 */
export async function runLate(late: LateJob): Promise<JobVerdict | undefined> {
  const { record, job, push } = late;
  if (record.state !== 'delivering' || record.work.type === 'messages') return undefined;
  if (push === undefined) return late.die('push_unreadable', 'the stored push cannot be parsed');
  const { runs: attempt, work } = record;
  if (attempt > MOST_ATTEMPTS) return late.die('crashed_repeatedly', `${attempt - 1} runs did not end`);
  const { handler, task } = work.type === 'task' ? work : job;
  const run = { handler, attempt, signal: late.signal, ...(task === undefined ? {} : { task }) };
  let outcome: Outcome | undefined;
  try {
    outcome = await finishFor(late.deps, late.account, push, run);
  } catch (error) {
    return onThrow(late, error, task, attempt);
  }
  if (late.signal.aborted) return late.giveBack(0);
  if (outcome === undefined) return late.die('handler_missing', `no handler "${handler}" with \`later\``);
  if (outcome.type === 'streaming') {
    const end = await readLate(late, push, outcome.stream);
    if (end.type === 'broken') return onThrow(late, end.error, task, attempt);
    if (late.signal.aborted) return late.giveBack(0);
    outcome = end;
  }
  switch (outcome.type) {
    case 'silent':
      return late.end(await late.change(endSilently));
    case 'deferred': {
      const { task: next } = outcome;
      await late.change((current, me) => defer(current, me, { handler, task: next }));
      return again(0);
    }
    case 'replied': {
      const messages = toLateMessages(outcome.reply);
      if ('reason' in messages) return late.die(messages.reason, messages.detail);
      return (await late.change((current, me) => setMessages(current, me, messages))) ? undefined : LOST;
    }
    default:
      return outcome satisfies never;
  }
}

async function readLate(late: LateJob, push: Push, stream: TextStream): Promise<StreamEnd> {
  const { deps, account, name, signal } = late;
  const stop = accompany(deps, account, push, name, stream);
  const abort = (): void => stream.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await endOf(stream, deps.log, name.pushId);
  } finally {
    signal.removeEventListener('abort', abort);
    stop();
  }
}

async function onThrow(
  late: LateJob,
  error: unknown,
  task: Json | undefined,
  attempt: number,
): Promise<JobVerdict> {
  const { job, deps, signal } = late;
  deps.log.error({ err: error, pushId: job.pushId, handler: job.handler, attempt }, 'a late run threw');
  if (task === undefined && !signal.aborted)
    return giveUp(late, error, { reason: 'handler_threw', detail: 'thrown by a run after a crash' });
  if (attempt >= MOST_ATTEMPTS)
    return giveUp(late, error, { reason: 'later_threw', detail: `${attempt} tries` });
  return late.giveBack(late.jittered(LATER_BACKOFF_MS * 2 ** (attempt - 1)));
}

function giveUp(late: LateJob, error: unknown, otherwise: NoLateRoad): Promise<JobVerdict> {
  const { reason, detail } = deathBy(error, otherwise);
  return late.die(reason, detail);
}
