import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { StoredRecord } from '../../ports/state-store.js';
import { decodeRecord, encodeRecord } from '../../push-record/codec.js';
import { isHeldBy, placeOf, type Lease, type PushRecord } from '../../push-record/push-record.js';
import { takeOver } from '../../push-record/transitions.js';
import { updateRecord, ttlFor, type UpdateOptions, type RecordStoreDeps } from './update-record.js';
import { retryWhileUnavailable } from './retry-while-unavailable.js';
import type { RecordRef } from './record-ref.js';
import type { ProcessLease } from './heartbeat.js';

export interface RecordDeps extends RecordStoreDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly owner: ProcessLease;
}

/** A transition of `push-record/transitions.ts`, applied with the caller's lease. */
export type Transition = (record: PushRecord, lease: Lease) => PushRecord | undefined;

/** The result of a change. `linked-conflict`: a linked record, not this one, prevented the change. */
export type Updated = 'updated' | 'conflict' | 'linked-conflict';

/** Holds a record as this process last saw it, and changes it by transitions. */
export class RecordHandle {
  readonly #deps: RecordDeps;
  readonly #ref: RecordRef;
  /** Called after a lost record was stored again, because its job may be lost, too. */
  readonly #onRestored: () => Promise<unknown>;
  #stored: StoredRecord;
  #record: PushRecord | undefined;
  #me: Lease;

  constructor(deps: RecordDeps, ref: RecordRef, stored: StoredRecord, onRestored: () => Promise<unknown>) {
    this.#deps = deps;
    this.#ref = ref;
    this.#stored = stored;
    this.#onRestored = onRestored;
    this.#me = { owner: deps.owner.id, fence: stored.record.fence };
  }

  get record(): PushRecord {
    return (this.#record ??= decodeRecord(this.#stored.record));
  }

  /** True if this process owns the record under the current fence. */
  get isOurs(): boolean {
    return isHeldBy(this.record, this.#me);
  }

  /**
   * Applies a transition, and retries while the store is unavailable. `conflict`: the stored record does not allow the
   * transition any more; `record` is the stored one.
   *
   * @throws StoreUnavailable  once `signal` has aborted
   */
  change(transition: Transition, options: UpdateOptions, signal?: AbortSignal): Promise<Updated> {
    return retryWhileUnavailable(
      this.#deps,
      this.#ref.pushId,
      () => this.tryChange(transition, options),
      signal,
    );
  }

  /** Applies a transition once. @throws StoreUnavailable  the change may have been stored */
  async tryChange(transition: Transition, options: UpdateOptions): Promise<Updated> {
    const step = () =>
      updateRecord(this.#deps, this.#ref, this.#stored, (record) => transition(record, this.#me), options);
    let change = await step();
    if (!change.ok && change.stored === undefined && this.isOurs) {
      // Only the holder removes a record, so the store lost it (flushed, or restored from an old copy).
      await this.#restore();
      change = await step();
    }
    this.#see(change.stored);
    if (change.ok) {
      // A transition that takes the record raises its fence.
      this.#me = { owner: this.#me.owner, fence: change.stored.record.fence };
      return 'updated';
    }
    return change.linkedConflict === true ? 'linked-conflict' : 'conflict';
  }

  /** Reads the record from the store; `undefined` if there is none. @throws StoreUnavailable */
  async refresh(): Promise<{ ownerAlive: boolean; body?: string } | undefined> {
    const seen = await this.#deps.store.read(this.#ref.key, this.#deps.clock.now());
    this.#see(seen?.stored);
    return seen;
  }

  /** Takes over the run of a dead owner, under a new fence. @throws StoreUnavailable */
  async takeOver(): Promise<boolean> {
    const deadFence = this.#stored.record.fence;
    const taken = await this.tryChange((record, { owner }) => takeOver(record, owner, deadFence), {
      durable: false,
    });
    return taken === 'updated';
  }

  #see(stored: StoredRecord | undefined): void {
    if (stored === undefined) return;
    this.#stored = stored;
    this.#record = undefined;
  }

  /**
   * Claims the push again and writes the record as it was, unless another attempt claimed it first. @throws
   * StoreUnavailable
   */
  async #restore(): Promise<void> {
    const { store, clock, ttls, owner, log } = this.#deps;
    const { key, sender, pushId } = this.#ref;
    const { record } = this;
    const nowMs = clock.now();
    const ttlMs = ttlFor(record, ttls);
    const claimed = await store.claim({ key, owner: owner.id, nowMs, ttlMs, sender });
    if (claimed.type !== 'claimed') return;
    const { rev } = claimed.stored;
    const place = placeOf(record);
    const put = await store.swap({
      key,
      rev,
      next: encodeRecord(record),
      nowMs,
      ttlMs,
      durable: true,
      sender: { key: sender, place },
    });
    if (!put.swapped) return;
    this.#see(put.stored);
    log.warn({ pushId }, 'record lost: the record of a push under way was put back');
    await this.#onRestored();
  }
}
