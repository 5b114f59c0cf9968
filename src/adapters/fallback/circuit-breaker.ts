import type { Clock } from '../../ports/clock.js';
import type { Events } from '../../ports/events.js';
import type { Logger } from '../../ports/logger.js';

const PROBE_INTERVAL_MS = 300;
/** The TTL of a heartbeat, plus time for the probes and reconnections of other processes. */
const RECOVERY_MS = 3_000;

/**
 * Knows whether Redis is available. The first failure opens it, so that no caller waits for Redis twice; a successful
 * probe closes it.
 */
export class CircuitBreaker {
  #open = false;
  #stopped = false;
  #closedAtMs = Number.NEGATIVE_INFINITY;
  #cancel = (): void => {};
  readonly #listeners = new Set<() => void>();
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #events: Events;
  readonly #probe: () => Promise<void>;
  readonly #onClose: () => void;

  constructor(deps: {
    clock: Clock;
    log: Logger;
    events: Events;
    probe: () => Promise<void>;
    onClose: () => void;
  }) {
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#events = deps.events;
    this.#probe = deps.probe;
    this.#onClose = deps.onClose;
  }

  get open(): boolean {
    return this.#open;
  }

  /**
   * True for a while after an outage. No process could send a heartbeat or write back during it, so one that looks dead may be alive.
   */
  get isRecovering(): boolean {
    return this.#clock.now() - this.#closedAtMs < RECOVERY_MS;
  }

  trip(cause: unknown): void {
    if (this.#open || this.#stopped) return;
    this.#open = true;
    this.#events.emit({ type: 'storage.changed', state: 'degraded' });
    this.#log.warn(
      { err: cause },
      'fallback began: Redis is away, and the journal in DATA_DIR takes what is accepted',
    );
    this.#probeLater();
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` when it opens. Returns the cancellation. */
  onOpen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #probeLater(): void {
    this.#cancel = this.#clock.schedule(PROBE_INTERVAL_MS, () => void this.#checkRemote(), {
      background: true,
    });
  }

  async #checkRemote(): Promise<void> {
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
    this.#log.info({}, 'fallback ended: Redis is back, and what the journal took is written back');
    this.#onClose();
  }
}
