import type { Clock } from '../../ports/clock.js';
import type { ServerEvent } from '../../ports/events.js';
import type { AlarmBoard } from './alarm-board.js';
import { ALARM_TEXTS } from './alarm-texts.js';
import { SilenceWatch, type SilenceHistory } from './silence.js';

/** The store exchanges the times of pushes between processes; this process writes and reads them this often. */
const SHARE_EVERY_MS = 60_000;

interface SilenceDeps {
  readonly clock: Clock;
  readonly board: AlarmBoard;
  /** Shortest silence that raises the alarm. 0: never. */
  readonly minMs: number;
  readonly accounts: () => readonly { readonly name: string }[];
  readonly read: (account: string) => Promise<SilenceHistory | undefined>;
  readonly write: (account: string, history: SilenceHistory) => Promise<void>;
}

/** Raises `silence` for accounts whose pushes have stopped, as all processes of the store see it. */
export class SilenceRule {
  readonly #deps: SilenceDeps;
  readonly #watches = new Map<string, { watch: SilenceWatch; sharedAtMs: number }>();

  constructor(deps: SilenceDeps) {
    this.#deps = deps;
  }

  hear(event: ServerEvent): void {
    if (event.type !== 'push.answered') return;
    this.#watches.get(event.account)?.watch.heard();
  }

  async tick(): Promise<void> {
    const { clock, board, minMs } = this.#deps;
    if (minMs === 0) return;
    const accounts = this.#deps.accounts();
    for (const account of this.#watches.keys()) {
      if (accounts.some(({ name }) => name === account)) continue;
      this.#watches.delete(account);
      board.clear({ alarm: 'silence', account });
    }
    for (const { name: account } of accounts) {
      const entry = this.#watches.get(account) ?? (await this.#open(account));
      if (clock.now() - entry.sharedAtMs >= SHARE_EVERY_MS) await this.#share(account, entry);
      const silentMs = entry.watch.tooLongMs();
      const key = { alarm: 'silence', account } as const;
      if (silentMs === undefined) board.clear(key);
      else {
        const count = silentMs / 1_000;
        board.raise(key, count, () => ALARM_TEXTS.silence({ count }));
      }
    }
  }

  async #open(account: string): Promise<{ watch: SilenceWatch; sharedAtMs: number }> {
    const { clock, minMs, read } = this.#deps;
    const history = await read(account).catch(() => undefined);
    const entry = { watch: new SilenceWatch(clock, minMs, history), sharedAtMs: clock.now() };
    this.#watches.set(account, entry);
    return entry;
  }

  /** Reads the last push that other processes saw; stores ours if it is later, for them and for the next start. */
  async #share(account: string, entry: { watch: SilenceWatch; sharedAtMs: number }): Promise<void> {
    entry.sharedAtMs = this.#deps.clock.now();
    try {
      const theirs = await this.#deps.read(account);
      if (theirs !== undefined) entry.watch.heard(theirs.lastAtMs);
      const ours = entry.watch.history();
      if (ours !== undefined && (theirs === undefined || ours.lastAtMs > theirs.lastAtMs))
        await this.#deps.write(account, ours);
    } catch {
      // The store is unavailable: the next round tries again.
    }
  }
}
