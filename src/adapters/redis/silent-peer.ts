import type { Redis } from 'ioredis';
import { systemClock } from '../../ports/clock.js';
import { scheduleTimeout } from '../../ports/timeout.js';

/** Limit until a peer is ready; a slower one disappeared or hangs. */
const READY_WITHIN_MS = 2_500;
/** Limit of silence after an operation timed out; then the peer counts as gone. */
const SILENT_MS = 1_100;

/**
 * Destroys a connection whose peer does not answer, so that the client reconnects. The client's own timeouts also count
 * while the event loop is blocked.
 */
export class SilentPeer {
  readonly #client: Redis;
  #isWatched = false;

  constructor(client: Redis) {
    this.#client = client;
    client.on('connecting', () => this.#watchAttempt());
  }

  /** Polls, because there is no stream yet while the primary is searched. */
  #watchAttempt(): void {
    this.#in(READY_WITHIN_MS, () => {
      const { status } = this.#client;
      const isUnderWay = status === 'connecting' || status === 'connect';
      if (isUnderWay) this.#watchAttempt();
      return isUnderWay;
    });
  }

  /** Called after an operation timed out: from now on the peer must send something. */
  suspect(): void {
    if (this.#isWatched || this.#client.status !== 'ready') return;
    this.#isWatched = true;
    const { stream } = this.#client;
    const { bytesRead } = stream;
    this.#in(SILENT_MS, () => {
      this.#isWatched = false;
      return this.#client.stream === stream && stream.bytesRead === bytesRead;
    });
  }

  #in(ms: number, isSilent: () => boolean): void {
    const judge = (): void => {
      // An absent or destroyed stream stays as it is.
      if (isSilent()) this.#client.stream?.destroy(new Error('Redis timed out'));
    };
    scheduleTimeout(systemClock, ms, judge, { background: true });
  }
}
