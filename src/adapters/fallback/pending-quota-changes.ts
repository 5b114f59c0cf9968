import type { StateStore, QuotaChange } from '../../ports/state-store.js';
import { BATCH_SIZE } from './write-back.js';

/** More are not remembered: pushes bring their openings along, and WeChat corrects what we believe. */
const MAX_CHANGES = 20_000;

/** What happened to send windows while Redis was away, in its order, to happen there too. In memory. */
export class PendingQuotaChanges {
  readonly #changes: QuotaChange[] = [];

  add(change: QuotaChange): void {
    if (this.#changes.length < MAX_CHANGES) this.#changes.push(change);
  }

  /** @throws StoreUnavailable  the rest is still here; some may then happen twice, which allows less, not more */
  async writeBack(remote: StateStore): Promise<void> {
    while (this.#changes.length > 0) {
      await Promise.all(this.#changes.slice(0, BATCH_SIZE).map((change) => remote.sendQuota(change)));
      this.#changes.splice(0, BATCH_SIZE);
    }
  }
}
