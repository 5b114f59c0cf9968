import type { Redis } from 'ioredis';
import type { Logger } from '../../ports/logger.js';
import { isStillPrimary } from './discovering-connector.js';

/** Replicas answer within a round trip. A slower one hangs or is disconnected. */
const TIMEOUT_MS = 250;
/** Interval of counting the replicas. */
const COUNT_AGAIN_MS = 1_000;
/** A missing replica may have been promoted; Sentinels may need this long to know. */
const LEFT_FOR_GOOD_MS = 3_000;

/** Too few replicas have the change: a failover would lose it. */
export class NotReplicated extends Error {
  override readonly name = 'NotReplicated';
}

/**
 * Waits until replicas have the writes of a connection. Redis answers before that, and a failover loses what they lack.
 *
 * All online replicas must confirm: an operator's failover promotes one while another still confirms to the former
 * primary. After a replica disappears, nothing is confirmed for three seconds, because it may have been promoted; then
 * it is ignored if most Sentinels (or cluster nodes) still name this primary and none names another. Otherwise a former
 * primary, or one that is partitioned together with us, would accept changes that get lost (docs/decisions/0051).
 */
export class ReplicaConfirmation {
  readonly #client: Redis;
  readonly #limit: number;
  readonly #log: Logger;
  #flight: Promise<void> | undefined;
  /** Number of required confirmations: one, until the replicas are counted. */
  #required: number;
  #countedAtMs = Number.NEGATIVE_INFINITY;
  #missingSinceMs: number | undefined;

  /** @param limit  most confirmations to wait for; 0: none */
  constructor(client: Redis, limit: number, log: Logger) {
    this.#client = client;
    this.#limit = limit;
    this.#required = Math.min(limit, 1);
    this.#log = log;
  }

  /**
   * Resolves once enough replicas have all writes of this connection so far.
   *
   * @throws NotReplicated
   */
  confirmed(): Promise<void> {
    if (this.#limit === 0) return Promise.resolve();
    if (this.#flight === undefined) {
      // Confirms all earlier writes, so that all answers of this turn share one command.
      this.#flight = this.#confirm();
      setImmediate(() => (this.#flight = undefined));
    }
    return this.#flight;
  }

  async #confirm(): Promise<void> {
    if (performance.now() - this.#countedAtMs > COUNT_AGAIN_MS) await this.#count();
    const confirming = this.#required === 0 ? 0 : await this.#client.wait(this.#required, TIMEOUT_MS);
    if (confirming >= this.#required && this.#missingSinceMs === undefined) return;
    const online = await this.#count();
    if (this.#missingSinceMs === undefined) {
      if (confirming >= this.#required) return;
      throw new NotReplicated(
        `${confirming} of ${this.#required} replicas confirmed within ${TIMEOUT_MS} ms`,
      );
    }
    const { stream } = this.#client;
    if (!(await isStillPrimary(stream))) {
      stream.destroy(); // the next connection uses the current primary
      throw new NotReplicated('this Redis is not the primary any more, or is cut off from the others');
    }
    if (performance.now() - this.#missingSinceMs < LEFT_FOR_GOOD_MS || confirming < online)
      throw new NotReplicated(`${online} of ${this.#required} replicas are online`);
    this.#log.warn({ replicas: online }, 'replicas missing: a failover may lose what the others do not have');
    this.#required = online;
    this.#missingSinceMs = undefined;
  }

  /** Counts the online replicas. Without an answer the required number stays. */
  async #count(): Promise<number> {
    const info = await this.#client.info('replication');
    this.#countedAtMs = performance.now();
    const online = info.includes('connected_slaves:')
      ? Math.min(this.#limit, [...info.matchAll(/^slave\d+:.*\bstate=online\b/gm)].length)
      : this.#required;
    if (online < this.#required) this.#missingSinceMs ??= performance.now();
    else this.#missingSinceMs = undefined;
    if (online > this.#required) {
      this.#log.info({ replicas: online }, 'replicas found: their confirmation is waited for');
      this.#required = online;
    }
    return online;
  }
}
