import type { Clock } from '../../ports/clock.js';
import type { Events } from '../../ports/events.js';
import type { Logger } from '../../ports/logger.js';

const PROBE_EVERY_MS = 300;
/** As long as a beat lasts, and room for the probes and reconnections of the others. */
const SETTLES_WITHIN_MS = 3_000;

/**
 * Knows whether Redis is there. The first failure opens it, so that nobody waits for Redis twice; a probe that
 * succeeds closes it again.
 */
export class Breaker {
  #open = false;
  #stopped = false;
  #closedAtMs = Number.NEGATIVE_INFINITY;
  #cancel = (): void => {};
  readonly #waiting = new Set<() => void>();
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #events: Events;
  readonly #probe: () => Promise<void>;
  readonly #onReturn: () => void;

  constructor(deps: {
    clock: Clock;
    log: Logger;
    events: Events;
    probe: () => Promise<void>;
    onReturn: () => void;
  }) {
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#events = deps.events;
    this.#probe = deps.probe;
    this.#onReturn = deps.onReturn;
  }

  get open(): boolean {
    return this.#open;
  }

  /**
   * True for a while after an outage, in which nobody could beat: who looks dead may have had no chance to say
   * that it lives, nor to bring home what it did.
   */
  get settling(): boolean {
    return this.#clock.now() - this.#closedAtMs < SETTLES_WITHIN_MS;
  }

  trip(cause: unknown): void {
    if (this.#open || this.#stopped) return;
    this.#open = true;
    this.#events.emit({ type: 'storage.changed', state: 'degraded' });
    this.#log.warn({ err: cause }, 'Redis is away: the journal in DATA_DIR stands in until it is back');
    this.#probeLater();
    for (const hear of this.#waiting) hear();
  }

  /** Calls `hear` when it opens. Returns the cancellation. */
  onTrip(hear: () => void): () => void {
    this.#waiting.add(hear);
    return () => this.#waiting.delete(hear);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #probeLater(): void {
    this.#cancel = this.#clock.schedule(PROBE_EVERY_MS, () => void this.#look(), { background: true });
  }

  async #look(): Promise<void> {
    try {
      await this.#probe();
    } catch {
      if (!this.#stopped) this.#probeLater();
      return;
    }
    if (this.#stopped) return;
    this.#open = false;
    this.#closedAtMs = this.#clock.now();
    this.#events.emit({ type: 'storage.changed', state: 'ready' });
    this.#log.info({}, 'Redis is back: what the journal took is moved there');
    this.#onReturn();
  }
}
