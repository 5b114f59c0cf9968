import type { Logger } from '../../ports/logger.js';
import {
  StoreUnavailable,
  type ClaimResult,
  type StateStore,
  type StoredRecord,
  type SwapResult,
} from '../../ports/state-store.js';
import { becomesReady, FAIL_FAST, openRedis, reasonOf } from './connection.js';
import { Deadlines } from './deadlines.js';
import { warnOfWeakSettings } from './redis-settings.js';
import { preloadScripts, runScript } from './run-script.js';
import {
  BEAT,
  BURY,
  CHANGE_FACT,
  CLAIM,
  DEAD_LETTERS,
  READ,
  READ_FACT,
  SWAP,
  type Script,
} from './scripts.js';
import { datedText, readKnown, readLetters, readStored, recordText } from './stored-text.js';

/** Lifetimes in Redis only sweep: they end this much after the value's own end, by which everything is judged. */
const SWEEP_SLACK_MS = 60_000;
/** A dead owner is remembered this long, for nothing but tidiness: an absent owner is dead too. */
const FORGET_OWNER_MS = 3_600_000;
/** Dead letters kept; beyond it the oldest go, so that a broken handler cannot fill Redis. */
const KEPT_LETTERS = 10_000;

export interface RedisStoreOptions {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. */
  readonly url: string;
  readonly log: Logger;
  /** One hash tag for all keys, so that a cluster keeps them on one node. Default `{wechat}`. */
  readonly prefix?: string;
  /** How long one operation may take. Default 400 ms. */
  readonly timeoutMs?: number;
}

/** The state of all processes in one Redis. */
export interface RedisStateStore extends StateStore {
  /** Waits for the first connection. False is no fault: the store goes on trying and works as soon as Redis does. */
  ready(withinMs: number): Promise<boolean>;
}

/**
 * Opens the store on Redis. Never fails because Redis is away: every operation does, at once when the connection
 * is known to be lost, else after `timeoutMs`.
 *
 * Durable and not durable are the same here, and as durable as Redis is set up to be: with `appendfsync always`
 * nothing answered is lost; with `everysec` the last second or two may be (docs/decisions/0012).
 */
export function createRedisStore(options: RedisStoreOptions): RedisStateStore {
  const { url, log, prefix = '{wechat}', timeoutMs = 400 } = options;
  const client = openRedis(url, 'store', log, FAIL_FAST);
  preloadScripts(client, [CLAIM, READ, SWAP, BEAT, READ_FACT, CHANGE_FACT, BURY, DEAD_LETTERS]);
  warnOfWeakSettings(client, log);
  const deadlines = new Deadlines(timeoutMs);

  const recordKey = (key: string) => `${prefix}:record:${key}`;
  const bodyKey = (key: string) => `${prefix}:body:${key}`;
  const factKey = (name: string) => `${prefix}:fact:${name}`;
  const beatsKey = `${prefix}:beats`;
  const deadKeys = [`${prefix}:dead`, `${prefix}:dead:order`];

  async function run(
    operation: string,
    script: Script,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    if (client.status !== 'ready') throw new StoreUnavailable(`${operation}: Redis is away`);
    const late = () => new StoreUnavailable(`${operation}: Redis did not answer within ${timeoutMs} ms`);
    try {
      return await deadlines.race(runScript(client, script, keys, args), late);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      throw new StoreUnavailable(`${operation}: Redis did not do it (${reasonOf(error)})`);
    }
  }

  return {
    async claim({ key, owner, nowMs, keepMs, guard }): Promise<ClaimResult> {
      const stored: StoredRecord = { rev: 1, record: { state: 'running', owner, fence: 1, attempt: 1 } };
      const keys = [recordKey(key), bodyKey(key), beatsKey];
      const args = [nowMs, recordText(stored, nowMs + keepMs), lifetimeMs(keepMs)];
      if (guard !== undefined) {
        keys.push(`${prefix}:guard:${guard.id}`);
        args.push(guard.use, datedText(guard.use, nowMs + keepMs));
      }
      const reply = await run('claim', CLAIM, keys, args);
      if (reply === 1) return { type: 'claimed', stored };
      if (reply === 0) return { type: 'replayed' };
      return { type: 'known', ...readKnown(reply) };
    },

    async swap({ key, rev, next, nowMs, keepMs, body }): Promise<SwapResult> {
      const stored = next === undefined ? undefined : { rev: rev + 1, record: next };
      const reply = await run(
        'swap',
        SWAP,
        [recordKey(key), bodyKey(key)],
        [
          nowMs,
          rev,
          stored === undefined ? '' : recordText(stored, nowMs + keepMs),
          lifetimeMs(keepMs),
          body === undefined ? '' : datedText(body.xml, nowMs + body.keepMs),
          lifetimeMs(body?.keepMs ?? 0),
        ],
      );
      if (reply === 1) return { swapped: true, stored };
      return { swapped: false, stored: reply === 0 ? undefined : readStored(reply) };
    },

    async read(key, nowMs) {
      const reply = await run('read', READ, [recordKey(key), bodyKey(key), beatsKey], [nowMs]);
      return reply === 0 ? undefined : readKnown(reply);
    },

    ahead: notYet,
    window: notYet,
    admit: notYet,
    deadLetter: notYet,
    dropDeadLetter: notYet,

    async beat(owner, untilMs) {
      await run('beat', BEAT, [beatsKey], [owner, untilMs, untilMs - FORGET_OWNER_MS]);
    },

    async fact(name, nowMs) {
      const reply = await run('fact', READ_FACT, [factKey(name)], [nowMs]);
      return typeof reply === 'string' ? reply : undefined;
    },

    async changeFact({ name, expected, next, nowMs, keepMs }) {
      const args = [
        nowMs,
        expected === undefined ? '0' : '1',
        expected ?? '',
        next === undefined ? '' : datedText(next, nowMs + keepMs),
        lifetimeMs(keepMs),
      ];
      return (await run('changeFact', CHANGE_FACT, [factKey(name)], args)) === 1;
    },

    async bury(letter) {
      await run('bury', BURY, deadKeys, [letter.id, JSON.stringify(letter), letter.atMs, KEPT_LETTERS]);
    },

    async deadLetters(limit) {
      if (limit < 1) return [];
      return readLetters(await run('deadLetters', DEAD_LETTERS, deadKeys, [limit]));
    },

    ready: (withinMs) => becomesReady(client, withinMs),

    async close() {
      client.disconnect();
    },
  };
}

/** How long a value stays in Redis, by Redis's own clock. */
function lifetimeMs(keepMs: number): number {
  return Math.ceil(keepMs) + SWEEP_SLACK_MS;
}

const notYet = (): Promise<never> => Promise.reject(new StoreUnavailable('not built yet'));
