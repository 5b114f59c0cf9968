import type { Clock } from '../ports/clock.js';
import type { RequestRefused, ServerEvent, StorageChanged } from '../ports/events.js';
import { SlidingCount } from './sliding-count.js';

const HOUR_MS = 3_600_000;
/** Limit of remembered requests of `doctor`. */
const MAX_PROBES = 50;

/** Refusals of one account for one reason, without those of `doctor`. */
export interface RefusalFigure {
  readonly account: string;
  readonly reason: RequestRefused['reason'];
  /** Number within the last hour. */
  readonly count: number;
  /** True if the last one had the parameters of a signature, so it may be WeChat's. */
  readonly signed: boolean;
  readonly lastAtMs: number;
  readonly remote?: string;
}

/** Remembers requests for `/status`: refusals of the last hour, the last accepted one, and those of `doctor`. */
export class RecentActivity {
  readonly #clock: Clock;
  readonly #refusals = new Map<string, { figure: Omit<RefusalFigure, 'count'>; count: SlidingCount }>();
  readonly #accepted = new Map<string, number>();
  readonly #probes = new Map<string, RequestRefused['reason']>();
  #storage: { state: StorageChanged['state']; sinceMs: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly listener = (event: ServerEvent): void => {
    switch (event.type) {
      case 'request.refused':
        if (event.probe === undefined) this.#note(event);
        else this.#noteProbe(event.probe, event.reason);
        return;
      case 'push.answered':
      case 'handshake.answered':
        this.#accepted.set(event.account, this.#clock.now());
        return;
      case 'storage.changed':
        this.#storage = { state: event.state, sinceMs: this.#clock.now() };
        return;
      default:
        return;
    }
  };

  /** Lists refusals, latest first. */
  refusals(): readonly RefusalFigure[] {
    return [...this.#refusals.values()]
      .map(({ figure, count }) => ({ ...figure, count: count.total() }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.lastAtMs - a.lastAtMs);
  }

  /** Returns the time of the account's last accepted push or handshake in this process. */
  acceptedAtMs(account: string): number | undefined {
    return this.#accepted.get(account);
  }

  /** Returns the start of the storage's present state; `undefined`: the start of the process. */
  storageSinceMs(): number | undefined {
    return this.#storage?.sinceMs;
  }

  /** Returns the reasons of refused requests of `doctor`, by nonce. */
  probes(): Readonly<Record<string, RequestRefused['reason']>> {
    return Object.fromEntries(this.#probes);
  }

  #note({ account, reason, signed, remote }: RequestRefused): void {
    const key = `${account}\n${reason}`;
    const count = this.#refusals.get(key)?.count ?? new SlidingCount(this.#clock, HOUR_MS);
    count.add();
    const lastAtMs = this.#clock.now();
    const figure = { account, reason, signed, lastAtMs, ...(remote !== undefined && { remote }) };
    this.#refusals.set(key, { figure, count });
  }

  #noteProbe(nonce: string, reason: RequestRefused['reason']): void {
    this.#probes.set(nonce, reason);
    for (const oldest of this.#probes.keys()) {
      if (this.#probes.size <= MAX_PROBES) return;
      this.#probes.delete(oldest);
    }
  }
}
