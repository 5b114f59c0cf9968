import type { StateStore, QuotaChange } from '../../ports/state-store.js';
import { BATCH_SIZE } from './write-back.js';

/**
 * Limit of remembered changes. A loss is harmless: pushes grant their quota again, and WeChat refuses excess messages.
 */
const MAX_CHANGES = 20_000;

/** Remembers changes of send quotas while Redis is unavailable, in memory and in order, to repeat them there. */
export class PendingQuotaChanges {
  readonly #changes: QuotaChange[] = [];

  add(change: QuotaChange): void {
    if (this.#changes.length < MAX_CHANGES) this.#changes.push(change);
  }

  /** @throws StoreUnavailable  the rest stays here; some may be repeated, which reduces a quota, never raises it */
  async writeBack(remote: StateStore): Promise<void> {
    while (this.#changes.length > 0) {
      await Promise.all(this.#changes.slice(0, BATCH_SIZE).map((change) => remote.sendQuota(change)));
      this.#changes.splice(0, BATCH_SIZE);
    }
  }
}
