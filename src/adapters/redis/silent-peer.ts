import type { Redis } from 'ioredis';
import { systemClock } from '../../ports/clock.js';
import { scheduleTimeout } from '../../ports/timeout.js';

/** A peer that takes longer until it can be asked vanished without a word, or hangs. */
const READY_WITHIN_MS = 2_500;
/** So long after an operation was given up, a peer that has not sent a byte since is gone. */
const SILENT_MS = 1_100;

/** Ends a connection whose peer does not answer any more, so that it is made anew. The client's own timeouts run on while we are held up. */
export class SilentPeer {
  readonly #client: Redis;
  #isWatched = false;

  constructor(client: Redis) {
    this.#client = client;
    client.on('connecting', () => {
      this.#in(READY_WITHIN_MS, () => client.status === 'connecting' || client.status === 'connect');
    });
  }

  /** An operation was not answered in time: from now on the peer has to send something. */
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
      // What is destroyed already stays as it is.
      if (isSilent()) this.#client.stream?.destroy(new Error('Redis timed out'));
    };
    scheduleTimeout(systemClock, ms, judge, { background: true });
  }
}
