import type { StateStore, WindowChange } from '../../ports/state-store.js';
import { TOGETHER } from './homecoming.js';

/** More are not remembered: pushes bring their openings along, and WeChat corrects what we believe. */
const MOST = 20_000;

/** What happened to send windows while Redis was away, in its order, to happen there too. In memory. */
export class WindowChanges {
  readonly #changes: WindowChange[] = [];

  note(change: WindowChange): void {
    if (this.#changes.length < MOST) this.#changes.push(change);
  }

  /** @throws StoreUnavailable  the rest is still here; some may then happen twice, which allows less, not more */
  async comeHome(remote: StateStore): Promise<void> {
    while (this.#changes.length > 0) {
      await Promise.all(this.#changes.slice(0, TOGETHER).map((change) => remote.window(change)));
      this.#changes.splice(0, TOGETHER);
    }
  }
}
