import type { DeadLetterStore } from './dead-letter-store.js';
import type { KeyValueStore } from './key-value-store.js';
import type { RateLimiter } from './rate-limiter.js';
import type { RecordStore } from './record-store.js';
import type { SendQuotaStore } from './send-quota-store.js';

export type * from './dead-letter-store.js';
export * from './record-store.js';
export type * from './send-quota-store.js';

/**
 * State shared by all processes of one installation. Every operation is atomic, takes one round trip at most, and is
 * named after its meaning in the pipeline.
 *
 * Expiry is compared with the caller's `nowMs`, so tests can move time; TTLs of a store itself only free space.
 *
 * @throws StoreUnavailable  the store is unreachable or did not answer; the operation may have happened
 */
export interface StateStore extends RecordStore, SendQuotaStore, RateLimiter, KeyValueStore, DeadLetterStore {
  close(): Promise<void>;
}

/** The operation failed, or its result is unknown. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly code = 'store_unavailable';
}
