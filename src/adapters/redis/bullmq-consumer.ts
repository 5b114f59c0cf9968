import { DelayedError, WaitingError, Worker, type Job } from 'bullmq';
import { systemClock } from '../../ports/clock.js';
import type {
  Consumer,
  DeferredJob,
  JobResult,
  JobProcessor,
  LostJobProcessor,
} from '../../ports/deferred-queue.js';
import type { Logger } from '../../ports/logger.js';
import { readJob } from '../../ports/older-words.js';
import { settlesWithin } from '../../ports/timeout.js';
import type { MailboxJobs } from './mailbox-jobs.js';
import { openRedis, RETRY_FOREVER, reasonOf } from './connection.js';
import { runScript } from './run-script.js';
import { FORGET_ACTIVE_JOB } from './store-scripts.js';

/** A dead process holds its jobs for at most lock + two checks: less than the 15 s that users may wait. */
const LOCK_MS = 8000;
const STALLED_CHECK_MS = 3000;
const AFTER_REJECTION_MS = 1000;
/** For the last words to Redis when a consumer stops; a Redis that is away must not hold up the process's end. */
const CLOSE_TIMEOUT_MS = 1000;

interface ConsumerParts {
  readonly url: string;
  readonly log: Logger;
  readonly name: string;
  readonly prefix: string;
  readonly work: JobProcessor;
  readonly concurrency: number;
  readonly mailbox: MailboxJobs;
  readonly onLost: LostJobProcessor | undefined;
}

class JobWorker extends Worker<DeferredJob, void> {
  /** One that never reached Redis does not finish closing, and the keeper of its locks would hold the process up. */
  closeLockManager(): Promise<void> {
    return this.lockManager.close();
  }
}

/** A job in hand: `signal` fires and `abandoned` resolves when the consumer gives it back. */
interface ActiveJob {
  readonly signal: AbortSignal;
  readonly abandoned: Promise<'abandoned'>;
  abandon(): void;
}

/** Works on a queue's jobs over connections of its own. Starts whenever Redis comes. */
export function consumeJobs(parts: ConsumerParts): Consumer {
  const { url, log, name, prefix, work, concurrency, mailbox, onLost = dropLost } = parts;
  const client = openRedis(url, 'worker', log, RETRY_FOREVER);
  const activeJobs = new Set<ActiveJob>();
  let stopping = false;

  async function run(job: Job<DeferredJob>, signal: AbortSignal): Promise<JobResult> {
    try {
      return await (isWhole(job.data) ? work(readJob(job.data), signal) : onLost(job.id ?? ''));
    } catch (error) {
      log.error({ job: job.id, error: nameOf(error) }, 'late work was rejected and is tried again');
      return { type: 'retry', afterMs: AFTER_REJECTION_MS };
    }
  }

  async function process(job: Job<DeferredJob>, token?: string): Promise<void> {
    // Fetched in the moment of the stop.
    if (stopping) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const active = trackJob();
    activeJobs.add(active);
    const verdict = await Promise.race([run(job, active.signal), active.abandoned]);
    activeJobs.delete(active);
    if (verdict === 'abandoned') {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if (verdict.type === 'done') {
      if (isWhole(job.data)) return;
      await forget(job.id ?? '');
      throw new WaitingError(); // it is not for BullMQ to end
    }
    const dueAtMs = Date.now() + verdict.afterMs;
    await job.moveToDelayed(dueAtMs, token);
    if (verdict.inMailbox === true) await mailbox.enter(client, job.id ?? '', dueAtMs);
    throw new DelayedError();
  }

  function dropLost(id: string): Promise<JobResult> {
    log.error({ job: id }, 'a job lost its data and is dropped');
    return Promise.resolve({ type: 'done' });
  }

  async function forget(id: string): Promise<void> {
    const { keys } = worker;
    const places = [
      worker.toKey(id),
      `${worker.toKey(id)}:lock`,
      keys['active'] ?? '',
      keys['stalled'] ?? '',
    ];
    await runScript(client, FORGET_ACTIVE_JOB, places, [id]);
  }

  const worker = new JobWorker(name, process, {
    connection: client,
    prefix,
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    // A job may outlive any number of crashes: its record says when it is over.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    // How soon to ask again after an outage; the default is 15 s.
    runRetryDelay: 500,
  });
  worker.on('stalled', (id) => log.warn({ job: id }, 'late work of a dead process is taken up'));
  worker.on('failed', (job, error) =>
    log.error({ job: job?.id, error: nameOf(error) }, 'late work comes again'),
  );
  worker.on('error', (error) => log.debug({ reason: reasonOf(error) }, 'worker error'));

  return {
    async stop(graceMs) {
      stopping = true;
      // Takes no more from here on, and resolves once nothing runs.
      const closing = worker.close();
      if (!(await settlesWithin(systemClock, closing, graceMs))) {
        for (const active of activeJobs) active.abandon();
        const closed = await settlesWithin(systemClock, closing, CLOSE_TIMEOUT_MS);
        if (!closed) {
          await settlesWithin(systemClock, worker.getBackend().close(true), CLOSE_TIMEOUT_MS);
          await worker.closeLockManager();
        }
      }
      client.disconnect();
    },
  };
}

/** A Redis that evicts takes the data of a job and leaves its id in the queue. */
const isWhole = (data: Partial<DeferredJob>): boolean =>
  typeof data.id === 'string' && typeof data.appId === 'string' && typeof data.push === 'string';

function trackJob(): ActiveJob {
  const controller = new AbortController();
  let settle: ((value: 'abandoned') => void) | undefined;
  const abandoned = new Promise<'abandoned'>((resolve) => {
    settle = resolve;
  });
  return {
    signal: controller.signal,
    abandoned,
    abandon() {
      controller.abort();
      settle?.('abandoned');
    },
  };
}

/** Never the message: it may quote what the user wrote. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
