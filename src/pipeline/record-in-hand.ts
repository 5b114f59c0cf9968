import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { PushRecord, StoredRecord } from '../ports/state-store.js';
import { changeRecord, type RecordKeeper } from './change-record.js';
import { insist } from './insist.js';
import type { Owner } from './owner.js';
import * as rules from './record.js';

export interface RecordDeps extends RecordKeeper {
  readonly clock: Clock;
  readonly log: Logger;
  readonly owner: Owner;
}

/** A rule of `record.ts`, with whoever asks for the change. */
export type Rule = (record: PushRecord, me: rules.Holder) => PushRecord | undefined;

/** One record as this process last saw it, and what it does to it. */
export class RecordInHand {
  readonly #deps: RecordDeps;
  readonly #key: string;
  readonly #pushId: string;
  #stored: StoredRecord;
  #me: rules.Holder;

  constructor(deps: RecordDeps, key: string, pushId: string, stored: StoredRecord) {
    this.#deps = deps;
    this.#key = key;
    this.#pushId = pushId;
    this.#stored = stored;
    this.#me = { owner: deps.owner.id, fence: stored.record.fence };
  }

  get record(): PushRecord {
    return this.#stored.record;
  }

  /** It names this process, under the fence that we hold. */
  get isOurs(): boolean {
    const { owner, fence } = this.#stored.record;
    return owner === this.#me.owner && fence === this.#me.fence;
  }

  /**
   * Changes the record by a rule, for as long as the store needs to take it. False: the rule does not allow it any
   * more, and `record` is what was in the way.
   *
   * @throws StoreUnavailable  once `signal` has fired
   */
  async change(
    rule: Rule,
    options: { durable: boolean; body?: string },
    signal?: AbortSignal,
  ): Promise<boolean> {
    const change = await insist(
      this.#deps,
      this.#pushId,
      () => changeRecord(this.#deps, this.#key, this.#stored, (record) => rule(record, this.#me), options),
      signal,
    );
    if (change.stored !== undefined) this.#stored = change.stored;
    return change.made;
  }

  /** Looks at what stands in the store now; `undefined`: nothing. @throws StoreUnavailable */
  async look(): Promise<{ ownerAlive: boolean; body?: string } | undefined> {
    const seen = await this.#deps.store.read(this.#key, this.#deps.clock.now());
    if (seen !== undefined) this.#stored = seen.stored;
    return seen;
  }

  /** Takes the running push of an owner that is gone. From then on it is ours, under a new fence. @throws StoreUnavailable */
  async takeOver(): Promise<boolean> {
    const { owner } = this.#deps;
    const deadFence = this.#stored.record.fence;
    const { made, stored } = await changeRecord(
      this.#deps,
      this.#key,
      this.#stored,
      (record) => rules.takeOver(record, owner.id, deadFence),
      { durable: false },
    );
    if (stored !== undefined) this.#stored = stored;
    if (made) this.#me = { owner: owner.id, fence: stored.record.fence };
    return made;
  }

  /** As if the push had never come. Without the store it stays, and its owner's death will free it. */
  async remove(): Promise<void> {
    const { store, clock } = this.#deps;
    const { rev } = this.#stored;
    await store
      .swap({ key: this.#key, rev, next: undefined, nowMs: clock.now(), keepMs: 0, durable: false })
      .catch(() => undefined);
  }
}
