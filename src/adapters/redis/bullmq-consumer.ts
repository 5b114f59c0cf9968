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
import type { RedisAddress } from '../../config/redis-config.js';
import { overdueMark, type MarkedJobs } from './marked-jobs.js';
import { openRedis, RETRY_FOREVER } from './connection.js';
import { reasonOf } from './reason-of.js';
import { runScript } from './run-script.js';
import { FORGET_ACTIVE_JOB } from './store-scripts.js';

/** A dead process holds its jobs for at most the lock plus two checks: less than the 15 s that users may wait. */
const LOCK_MS = 8000;
const STALLED_CHECK_MS = 3000;
const AFTER_REJECTION_MS = 1000;
/** Limit of the last commands when a consumer stops; an unavailable Redis must not delay the end of the process. */
const CLOSE_TIMEOUT_MS = 1000;

interface ConsumerParts {
  readonly address: RedisAddress;
  readonly log: Logger;
  readonly name: string;
  readonly prefix: string;
  readonly work: JobProcessor;
  readonly concurrency: number;
  readonly mailbox: MarkedJobs;
  readonly overdue: MarkedJobs;
  readonly onLost: LostJobProcessor | undefined;
}

class JobWorker extends Worker<DeferredJob, void> {
  /**
   * Closes the lock manager directly: a worker that never reached Redis does not finish closing, and its timer would
   * keep the process alive.
   */
  closeLockManager(): Promise<void> {
    return this.lockManager.close();
  }
}

/** An active job: `signal` aborts and `abandoned` resolves when the consumer returns it. */
interface ActiveJob {
  readonly signal: AbortSignal;
  readonly abandoned: Promise<'abandoned'>;
  abandon(): void;
}

/** Processes a queue's jobs over connections of its own. Starts once Redis is available. */
export function consumeJobs(parts: ConsumerParts): Consumer {
  const { address, log, name, prefix, work, concurrency, mailbox, overdue, onLost = dropLost } = parts;
  const client = openRedis(address, { part: 'worker', prefix, log }, RETRY_FOREVER);
  const activeJobs = new Set<ActiveJob>();
  let stopping = false;

  async function run(job: Job<DeferredJob>, signal: AbortSignal): Promise<JobResult> {
    try {
      return await (isWhole(job.data) ? work(readJob(job.data), signal) : onLost(job.id ?? ''));
    } catch (error) {
      log.error({ job: job.id, error: nameOf(error) }, 'job failed: retry scheduled');
      return { type: 'retry', afterMs: AFTER_REJECTION_MS };
    }
  }

  async function process(job: Job<DeferredJob>, token?: string): Promise<void> {
    // The job was fetched during the stop.
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
      throw new WaitingError(); // BullMQ must not end it
    }
    const dueAtMs = Date.now() + verdict.afterMs;
    await job.moveToDelayed(dueAtMs, token);
    if (verdict.inMailbox === true) await mailbox.enter(client, job.id ?? '', dueAtMs);
    if (verdict.isOverdue === true)
      await overdue.enter(client, overdueMark(job.id ?? '', job.data.receivedAtMs), dueAtMs);
    throw new DelayedError();
  }

  function dropLost(id: string): Promise<JobResult> {
    log.error({ job: id }, 'job lost: its data is gone from Redis');
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
    // A job may survive any number of crashes: its record decides when it ends.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    // Retry delay after an outage; the default is 15 s.
    runRetryDelay: 500,
  });
  worker.on('stalled', (id) =>
    log.warn({ job: id }, 'takeover: late work of a process that died runs again'),
  );
  worker.on('failed', (job, error) =>
    log.error({ job: job?.id, error: nameOf(error) }, 'job failed: the queue hands it out again'),
  );
  worker.on('error', (error) => log.debug({ reason: reasonOf(error) }, 'worker error'));

  return {
    async stop(graceMs) {
      stopping = true;
      // Takes no more jobs, and resolves once none runs.
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

/** False for a job whose data an evicting Redis removed, while its id stayed in the queue. */
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

/** Returns the error's name, not its message, which may quote user text. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
