import type { Clock } from '../../ports/clock.js';
import type { RedisAddress } from '../../config/redis-config.js';
import type { Logger } from '../../ports/logger.js';
import { createBullQueue, type BullQueue } from './bullmq-queue.js';
import { createRedisStore, type RedisStateStore } from './redis-state-store.js';

export { createBullQueue, createRedisStore, type BullQueue, type RedisStateStore };

export interface RedisAdapters {
  readonly store: RedisStateStore;
  readonly queue: BullQueue;
  /**
   * Waits for both connections. False is not an error: they go on connecting.
   *
   * @throws RedisRefused  waiting does not help
   */
  ready(withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens store and queue on one Redis. Does not fail if Redis is unavailable; see `createRedisStore` and
 * `createBullQueue`.
 */
export function openRedisAdapters(
  options: RedisAddress & { readonly clock: Clock; readonly log: Logger },
): RedisAdapters {
  const store = createRedisStore(options);
  const queue = createBullQueue(options);
  return {
    store,
    queue,
    async ready(withinMs) {
      const both = await Promise.all([store.ready(withinMs), queue.ready(withinMs)]);
      return both.every(Boolean);
    },
    async close() {
      await queue.close();
      await store.close();
    },
  };
}
