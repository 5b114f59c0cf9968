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

/** A transition of `push-record/transitions.ts`, with the lease of whoever asks for it. */
export type Transition = (record: PushRecord, lease: Lease) => PushRecord | undefined;

/** What became of a change. `also-lost`: not this record, one of those that were to change with it was in the way. */
export type Updated = 'updated' | 'conflict' | 'linked-conflict';

/** One record as this process last saw it, and the changes that it makes to it. */
export class RecordHandle {
  readonly #deps: RecordDeps;
  readonly #ref: RecordRef;
  /** Called where the store had lost the record and it was put back: its job may be lost, too. */
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

  /** It names this process, under the fence that we hold. */
  get isOurs(): boolean {
    return isHeldBy(this.record, this.#me);
  }

  /**
   * Changes the record by a rule, for as long as the store needs to take it. `lost`: the rule does not allow it any
   * more, and `record` is what was in the way.
   *
   * @throws StoreUnavailable  once `signal` has fired
   */
  change(transition: Transition, options: UpdateOptions, signal?: AbortSignal): Promise<Updated> {
    return retryWhileUnavailable(
      this.#deps,
      this.#ref.pushId,
      () => this.tryChange(transition, options),
      signal,
    );
  }

  /** The same, once. @throws StoreUnavailable  it may have been done */
  async tryChange(transition: Transition, options: UpdateOptions): Promise<Updated> {
    const step = () =>
      updateRecord(this.#deps, this.#ref, this.#stored, (record) => transition(record, this.#me), options);
    let change = await step();
    if (!change.ok && change.stored === undefined && this.isOurs) {
      // Not removed by anyone, since only its holder may: the store forgot it (flushed, restored from an old copy).
      await this.#restore();
      change = await step();
    }
    this.#see(change.stored);
    if (change.ok) return 'updated';
    return change.linkedConflict === true ? 'linked-conflict' : 'conflict';
  }

  /** Looks at what stands in the store now; `undefined`: nothing. @throws StoreUnavailable */
  async refresh(): Promise<{ ownerAlive: boolean; body?: string } | undefined> {
    const seen = await this.#deps.store.read(this.#ref.key, this.#deps.clock.now());
    this.#see(seen?.stored);
    return seen;
  }

  /** Takes the running push of an owner that is gone. From then on it is ours, under a new fence. @throws StoreUnavailable */
  async takeOver(): Promise<boolean> {
    const { owner } = this.#deps;
    const deadFence = this.#stored.record.fence;
    const { ok, stored } = await updateRecord(
      this.#deps,
      this.#ref,
      this.#stored,
      (record) => takeOver(record, owner.id, deadFence),
      { durable: false },
    );
    this.#see(stored);
    if (ok) this.#me = { owner: owner.id, fence: stored.record.fence };
    return ok;
  }

  #see(stored: StoredRecord | undefined): void {
    if (stored === undefined) return;
    this.#stored = stored;
    this.#record = undefined;
  }

  /** Claims the push anew and writes the record as it was, unless a try of WeChat's was faster. @throws StoreUnavailable */
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
    log.warn({ pushId }, 'the store had lost the record of a push under way; it was put back');
    await this.#onRestored();
  }
}
