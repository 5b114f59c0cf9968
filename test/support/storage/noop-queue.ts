import type { DeferredQueue } from '../../../src/ports/deferred-queue.js';

/** An empty queue for tests without late work. */
export const noopQueue: DeferredQueue = {
  put: () => Promise.resolve(),
  promote: () => Promise.resolve(),
  remove: () => Promise.resolve(false),
  size: () => Promise.resolve(0),
  counts: () => Promise.resolve({ waiting: 0, delayed: 0, inMailbox: 0, active: 0 }),
  consume: () => ({ stop: () => Promise.resolve() }),
  close: () => Promise.resolve(),
};
