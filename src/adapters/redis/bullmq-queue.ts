import { Queue } from 'bullmq';
import type { Clock } from '../../ports/clock.js';
import {
  QueueUnavailable,
  type Consumer,
  type DeferredJob,
  type DeferredQueue,
} from '../../ports/deferred-queue.js';
import type { Logger } from '../../ports/logger.js';
import { consumeJobs } from './bullmq-consumer.js';
import { waitUntilReady, FAIL_FAST, openRedis, reasonOf } from './connection.js';
import { OperationTimeouts } from './operation-timeouts.js';
import { gatherWrites, runScript } from './run-script.js';
import { demandRight } from './redis-refused.js';
import { MailboxJobs } from './mailbox-jobs.js';
import { SilentPeer } from './silent-peer.js';
import { REMOVE_WAITING_JOB } from './store-scripts.js';

/** BullMQ's code for "this job is not delayed": it waits, is being worked on, or is gone. */
const NOT_DELAYED = -3;
/** What BullMQ takes as a job id; whole numbers it refuses. */
const SAFE_ID = /^(?!\d+$)[A-Za-z0-9._-]+$/;

export interface BullQueueOptions {
  /** As for the store. */
  readonly url: string;
  readonly log: Logger;
  /** Only for the distance to `notBeforeMs`; the waiting itself is timed by Redis's workers in real time. */
  readonly clock: Clock;
  /** Default `late-replies`. */
  readonly name?: string;
  /** One hash tag for all keys. Default `{wechat}`. */
  readonly prefix?: string;
  /** How long one operation may take. Default 800 ms. */
  readonly timeoutMs?: number;
}

/** Work promised to users, in BullMQ. */
export interface BullQueue extends DeferredQueue {
  /** Waits for the first connection. False is no fault: the queue works as soon as Redis does. @throws RedisRefused */
  ready(withinMs: number): Promise<boolean>;
}

/**
 * Opens the queue. Never fails because Redis is away: its operations do, at once when the connection is known to
 * be lost, else after `timeoutMs`. A `put` that failed may still have been stored; the same id again is
 * harmless.
 */
export function createBullQueue(options: BullQueueOptions): BullQueue {
  const { url, log, clock, name = 'late-replies', prefix = '{wechat}', timeoutMs = 800 } = options;
  const client = openRedis(url, 'queue', log, FAIL_FAST);
  const peer = new SilentPeer(client);
  const mailbox = new MailboxJobs(`${prefix}:${name}:mailbox`);
  const queue = new Queue<DeferredJob>(name, {
    connection: client,
    prefix,
    // It would ask Redis for its version on a connection that may be gone by then, and print to the console.
    skipVersionCheck: true,
    streams: { events: { maxLen: 100 } },
    defaultJobOptions: {
      removeOnComplete: true,
      // No job ends as failed: whatever goes wrong around it, it comes again after a second.
      attempts: Number.MAX_SAFE_INTEGER,
      backoff: { type: 'fixed', delay: 1000 },
      stackTraceLimit: 0,
    },
  });
  // The connection reports its own troubles; without a listener the event would end the process.
  queue.on('error', (error) => log.debug({ reason: reasonOf(error) }, 'queue error'));

  const deadlines = new OperationTimeouts(timeoutMs);
  const consumers = new Set<Consumer>();

  async function within<T>(operation: string, start: () => Promise<T>): Promise<T> {
    // BullMQ would keep the call until Redis comes, long after we said that it failed.
    if (client.status !== 'ready')
      throw new QueueUnavailable(`${operation}: Redis is away`, { maybeStored: false });
    const late = () => {
      peer.suspect();
      return new QueueUnavailable(`${operation}: Redis did not answer within ${timeoutMs} ms`);
    };
    gatherWrites(client);
    try {
      return await deadlines.race(start(), late);
    } catch (error) {
      if (error instanceof QueueUnavailable) throw error;
      throw new QueueUnavailable(`${operation}: Redis did not do it (${reasonOf(error)})`);
    }
  }

  return {
    async put(job, { notBeforeMs, inMailbox } = {}) {
      if (!SAFE_ID.test(job.id)) throw new TypeError(`Job id ${JSON.stringify(job.id)} is not one of ours`);
      const delay = notBeforeMs === undefined ? 0 : Math.max(0, Math.ceil(notBeforeMs - clock.now()));
      await within('put', () => queue.add('late-reply', job, { jobId: job.id, delay }));
      if (inMailbox === true) await mailbox.enter(client, job.id, Date.now() + delay);
    },

    async promote(id) {
      await within('hurry', () => queue.getBackend().promote(id).catch(ignoreNotDelayed));
    },

    async remove(id) {
      const keys = [queue.toKey(id), queue.keys['delayed'] ?? '', queue.keys['wait'] ?? '', mailbox.key];
      return (await within('remove', () => runScript(client, REMOVE_WAITING_JOB, keys, [id]))) === 1;
    },

    size: () => within('size', () => queue.getJobCountByTypes('wait', 'delayed', 'active', 'failed')),

    counts: () =>
      within('counts', async () => {
        const counts = await queue.getJobCounts('wait', 'delayed', 'active', 'failed');
        const inMailbox = await mailbox.count(client);
        // The first of each list is the oldest; a job whose data was evicted comes as nothing.
        const [waiting, active] = await Promise.all([
          queue.getJobs(['wait'], 0, 0, true),
          queue.getJobs(['active'], 0, 0, true),
        ]);
        const pushedAtMs = [...waiting, ...active].flatMap((job) => job?.data?.receivedAtMs ?? []);
        return {
          waiting: counts['wait'] ?? 0,
          delayed: Math.max(0, (counts['delayed'] ?? 0) - inMailbox) + (counts['failed'] ?? 0),
          inMailbox,
          active: counts['active'] ?? 0,
          ...(pushedAtMs.length > 0 && { oldestPushAtMs: Math.min(...pushedAtMs) }),
        };
      }),

    consume(work, { concurrency = 64, onLost } = {}) {
      const consumer = consumeJobs({ url, log, name, prefix, work, concurrency, onLost, mailbox });
      consumers.add(consumer);
      return {
        async stop(graceMs) {
          consumers.delete(consumer);
          await consumer.stop(graceMs);
        },
      };
    },

    async ready(withinMs) {
      const isReady = await waitUntilReady(client, withinMs);
      // How a worker waits; all else it does in scripts.
      if (isReady) await demandRight(client.bzpopmin(queue.toKey('rights'), 0.01));
      return isReady;
    },

    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.stop(0)));
      // Refused while Redis is away; there is nothing left to lose by then.
      await queue.close().catch(() => {});
      client.disconnect();
    },
  };
}

function ignoreNotDelayed(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === NOT_DELAYED) return;
  throw error;
}
