import type { BulkJobOptions } from 'bullmq';

/** One `add` of BullMQ. */
export interface QueuedAdd<Data> {
  readonly name: string;
  readonly data: Data;
  readonly opts: BulkJobOptions;
}

interface Waiting<Data> {
  readonly add: QueuedAdd<Data>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One pipeline holds no more than this, so that the first in it does not wait for too many others. */
const LARGEST_FLIGHT = 256;

/** While one bundle of adds flies to Redis, the next ones gather, and then fly together: half the price of each. */
export class GatheredAdds<Data> {
  private readonly send: (adds: QueuedAdd<Data>[]) => Promise<unknown>;
  private readonly waiting = new Set<Waiting<Data>>();
  private flying = false;

  constructor(send: (adds: QueuedAdd<Data>[]) => Promise<unknown>) {
    this.send = send;
  }

  /**
   * `stored` settles as the bundle does that took the add with it. `withdraw` says true when the add had not left
   * yet: then it certainly never happens.
   */
  add(add: QueuedAdd<Data>): { stored: Promise<void>; withdraw: () => boolean } {
    let entry: Waiting<Data> | undefined;
    const stored = new Promise<void>((resolve, reject) => {
      entry = { add, resolve, reject };
      this.waiting.add(entry);
    });
    if (!this.flying) {
      this.flying = true;
      // A turn of the event loop later, so that a burst leaves as one bundle.
      setImmediate(() => void this.fly());
    }
    return { stored, withdraw: () => entry !== undefined && this.waiting.delete(entry) };
  }

  private async fly(): Promise<void> {
    while (this.waiting.size > 0) {
      const flight = [...this.waiting].slice(0, LARGEST_FLIGHT);
      for (const entry of flight) this.waiting.delete(entry);
      try {
        await this.send(flight.map(({ add }) => add));
        for (const { resolve } of flight) resolve();
      } catch (error) {
        for (const { reject } of flight) reject(error);
      }
    }
    this.flying = false;
  }
}
