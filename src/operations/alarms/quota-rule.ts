import type { Clock } from '../../ports/clock.js';
import type { Events, ServerEvent } from '../../ports/events.js';
import type { AlarmBoard } from './alarm-board.js';
import { StateRule } from './state-rule.js';

/** Shortest interval of reading the quotas of the APIs in use. */
const ASK_EVERY_MS = 10 * 60_000;
/** Reading a quota does not count as use of an API. */
const QUOTA_PATH = '/cgi-bin/openapi/quota/get';

/** An API that this process called since the last reading of quotas, or whose quota is nearly used up. */
export interface ApiInUse {
  readonly account: string;
  readonly api: string;
}

/** The usage of an API on this day. `used`: share of its quota, 0 to 1. */
export interface QuotaUse extends ApiInUse {
  readonly used: number;
}

/** Raises `quota` if most of a day's calls of an API are used, and emits each reading for the metrics. */
export class QuotaRule {
  readonly #rule: StateRule;
  readonly #clock: Clock;
  readonly #above: number;
  readonly #ask: (inUse: readonly ApiInUse[]) => Promise<readonly QuotaUse[]>;
  readonly #events: Events;
  readonly #inUse = new Map<string, ApiInUse>();
  #askedAtMs: number;

  constructor(deps: {
    readonly board: AlarmBoard;
    readonly clock: Clock;
    /** Share of a day's calls; 0: quotas are not read. */
    readonly above: number;
    readonly ask: (inUse: readonly ApiInUse[]) => Promise<readonly QuotaUse[]>;
    readonly events: Events;
  }) {
    this.#rule = new StateRule(deps.board, deps.clock, 'quota', deps.above);
    this.#clock = deps.clock;
    this.#above = deps.above;
    this.#ask = deps.ask;
    this.#events = deps.events;
    this.#askedAtMs = deps.clock.now();
  }

  hear(event: ServerEvent): void {
    if (event.type !== 'api.called' || event.api === QUOTA_PATH || !this.#rule.isOn) return;
    const { account, api, result } = event;
    if (result === 'ok' || result === 'quota-exhausted') this.#note({ account, api });
    // The last calls of a day may happen between two readings.
    if (result === 'quota-exhausted') this.#rule.look(true, { account, about: api, count: 100 });
  }

  async tick(): Promise<void> {
    const nowMs = this.#clock.now();
    if (this.#inUse.size === 0 || nowMs - this.#askedAtMs < ASK_EVERY_MS) return;
    this.#askedAtMs = nowMs;
    const inUse = [...this.#inUse.values()];
    this.#inUse.clear();
    for (const { account, api, used } of await this.#ask(inUse).catch(() => [])) {
      const isNearlyUsed = used >= this.#above;
      this.#events.emit({ type: 'quota.read', account, api, used });
      this.#rule.look(isNearlyUsed, { account, about: api, count: used * 100 });
      // Read this API again even if it is not called: at midnight in Beijing counts start anew, and the alarm ends.
      if (isNearlyUsed) this.#note({ account, api });
    }
  }

  #note(api: ApiInUse): void {
    this.#inUse.set(`${api.account}\n${api.api}`, api);
  }
}
