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
import type { RedisAddress } from '../../config/redis-config.js';
import { waitUntilReady, FAIL_FAST, openRedis } from './connection.js';
import { OperationTimeouts } from './operation-timeouts.js';
import { reasonOf } from './reason-of.js';
import { ReplicaConfirmation } from './replica-confirmation.js';
import { gatherWrites, runScript } from './run-script.js';
import { demandRight } from './redis-refused.js';
import { MarkedJobs, pushedAtOf } from './marked-jobs.js';
import { SilentPeer } from './silent-peer.js';
import { REMOVE_WAITING_JOB } from './store-scripts.js';

/** BullMQ's code for a job that is not delayed: waiting, active, or absent. */
const NOT_DELAYED = -3;
/** Number of overdue jobs read to find the oldest. All come due within about a minute, so the sample is fair. */
const OVERDUE_SAMPLE = 500;
/** Job ids that BullMQ accepts; it refuses integers. */
const SAFE_ID = /^(?!\d+$)[A-Za-z0-9._-]+$/;

export type BullQueueOptions = RedisAddress & {
  readonly log: Logger;
  /** Only for the distance to `notBeforeMs`; BullMQ's workers time the delay itself in real time. */
  readonly clock: Clock;
  /** Default `late-replies`. */
  readonly name?: string;
  /** Prefix of all keys, with one hash tag. Default `{wechat}`. */
  readonly prefix?: string;
  /** Limit of one operation. Default 800 ms. */
  readonly timeoutMs?: number;
};

/** Stores the jobs of late answers in BullMQ. */
export interface BullQueue extends DeferredQueue {
  /**
   * Waits for the first connection. False is not an error: the queue works as soon as Redis does. @throws RedisRefused
   */
  ready(withinMs: number): Promise<boolean>;
}

/**
 * Opens the queue. It does not fail if Redis is unavailable: its operations do, at once if the connection is lost, else
 * after `timeoutMs`. A failed `put` may have been stored; the same id again is harmless.
 */
export function createBullQueue(options: BullQueueOptions): BullQueue {
  const {
    log,
    clock,
    name = 'late-replies',
    prefix = '{wechat}',
    timeoutMs = 800,
    waitReplicas = 0,
  } = options;
  const client = openRedis(options, { part: 'queue', prefix, log }, FAIL_FAST);
  const replicas = new ReplicaConfirmation(client, waitReplicas, log);
  const peer = new SilentPeer(client);
  const mailbox = new MarkedJobs(`${prefix}:${name}:mailbox`);
  const overdue = new MarkedJobs(`${prefix}:${name}:overdue`);
  const queue = new Queue<DeferredJob>(name, {
    connection: client,
    prefix,
    // The check would use a connection that may be closed by then, and print to the console.
    skipVersionCheck: true,
    streams: { events: { maxLen: 100 } },
    defaultJobOptions: {
      removeOnComplete: true,
      // No job ends as failed: after any error it is retried after a second.
      attempts: Number.MAX_SAFE_INTEGER,
      backoff: { type: 'fixed', delay: 1000 },
      stackTraceLimit: 0,
    },
  });
  // The connection reports its errors itself; without a listener the event would end the process.
  queue.on('error', (error) => log.debug({ reason: reasonOf(error) }, 'queue error'));

  const timeouts = new OperationTimeouts(timeoutMs);
  const consumers = new Set<Consumer>();

  async function within<T>(operation: string, start: () => Promise<T>): Promise<T> {
    // BullMQ would execute the call once Redis is back, long after we reported its failure.
    if (client.status !== 'ready')
      throw new QueueUnavailable(`${operation}: Redis is away`, { maybeStored: false });
    const late = () => {
      peer.suspect();
      return new QueueUnavailable(`${operation}: Redis did not answer within ${timeoutMs} ms`);
    };
    gatherWrites(client);
    try {
      return await timeouts.race(start(), late);
    } catch (error) {
      if (error instanceof QueueUnavailable) throw error;
      throw new QueueUnavailable(`${operation}: Redis did not do it (${reasonOf(error)})`);
    }
  }

  return {
    async put(job, { notBeforeMs, inMailbox } = {}) {
      if (!SAFE_ID.test(job.id)) throw new TypeError(`Job id ${JSON.stringify(job.id)} is not one of ours`);
      const delay = notBeforeMs === undefined ? 0 : Math.max(0, Math.ceil(notBeforeMs - clock.now()));
      await within('put', async () => {
        await queue.add('late-reply', job, { jobId: job.id, delay });
        await replicas.confirmed();
      });
      if (inMailbox === true) await mailbox.enter(client, job.id, Date.now() + delay);
    },

    async promote(id) {
      await within('promote', () => queue.getBackend().promote(id).catch(ignoreNotDelayed));
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
        // The first of each list is the oldest; a job with evicted data is undefined.
        const [waiting, active, marks] = await Promise.all([
          queue.getJobs(['wait'], 0, 0, true),
          queue.getJobs(['active'], 0, 0, true),
          overdue.soonest(client, OVERDUE_SAMPLE),
        ]);
        const pushedAtMs = [
          ...[...waiting, ...active].flatMap((job) => job?.data?.receivedAtMs ?? []),
          ...marks.map(pushedAtOf),
        ];
        return {
          waiting: counts['wait'] ?? 0,
          delayed: Math.max(0, (counts['delayed'] ?? 0) - inMailbox) + (counts['failed'] ?? 0),
          inMailbox,
          active: counts['active'] ?? 0,
          ...(pushedAtMs.length > 0 && { oldestPushAtMs: Math.min(...pushedAtMs) }),
        };
      }),

    consume(work, { concurrency = 64, onLost } = {}) {
      const parts = { log, name, prefix, work, concurrency, onLost, mailbox, overdue };
      const consumer = consumeJobs({ address: options, ...parts });
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
      // The command by which a worker waits; everything else is in scripts.
      if (isReady) await demandRight(client.bzpopmin(queue.toKey('rights'), 0.01), options);
      return isReady;
    },

    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.stop(0)));
      // Fails while Redis is unavailable; nothing can be lost by then.
      await queue.close().catch(() => {});
      client.disconnect();
    },
  };
}

function ignoreNotDelayed(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === NOT_DELAYED) return;
  throw error;
}
