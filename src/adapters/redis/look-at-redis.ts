import { Redis } from 'ioredis';
import { describeRedis, type RedisAddress } from '../../config/redis-config.js';
import { systemClock } from '../../ports/clock.js';
import { withTimeout } from '../../ports/timeout.js';
import { connectionOptions } from './connection-options.js';
import { FAIL_FAST } from './connection.js';
import { reasonOf } from './reason-of.js';

/** The result of a check of Redis before work is stored in it. */
export interface RedisLook {
  /** `host:port` and the kind of discovery, without user and password. */
  readonly place: string;
  readonly tls: boolean;
  /** Reason of a failure: `ECONNREFUSED`, `WRONGPASS`, `OOM`. Absent: it stored a value and returned it. */
  readonly refusal?: string;
  /** The result of `INFO`; absent without permission. */
  readonly info?: string;
  readonly ms: number;
}

const TIMEOUT_MS = 3_000;
const PREFIX = '{wechat}';
/** Under the prefix of our keys, because a user may have no other permission. */
const TRIAL_KEY = `${PREFIX}:doctor`;
const TRIAL_TTL_MS = 5_000;

/** Connects once, stores a value, and reads `INFO`. Never rejects. */
export async function lookAtRedis(address: RedisAddress): Promise<RedisLook> {
  const options = connectionOptions(address, PREFIX);
  const about = { place: describeRedis(address), tls: options.tls !== undefined };
  const startMs = performance.now();
  const client = new Redis({
    ...options,
    ...FAIL_FAST,
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    retryStrategy: () => null,
    enableReadyCheck: false,
  });
  // The first reason is the cause: a refused password comes before the closed connection.
  let first: string | undefined;
  client.on('error', (error: unknown) => (first ??= reasonOf(error)));
  try {
    // If the primary must be found first, the search goes on until the client is closed.
    await withTimeout(systemClock, client.connect(), TIMEOUT_MS, () => new Error('timeout'));
    const trial = await client.set(TRIAL_KEY, '1', 'PX', TRIAL_TTL_MS).then(() => undefined, reasonOf);
    const info = await client.info().catch(() => undefined);
    const refusal = first ?? trial;
    const ms = performance.now() - startMs;
    return { ...about, ms, ...(refusal !== undefined && { refusal }), ...(info !== undefined && { info }) };
  } catch (error) {
    return { ...about, refusal: first ?? reasonOf(error), ms: performance.now() - startMs };
  } finally {
    client.disconnect();
  }
}
