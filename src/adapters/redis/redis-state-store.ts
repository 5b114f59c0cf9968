import type { Logger } from '../../ports/logger.js';
import { StoreUnavailable, type StateStore, type StoredRecord } from '../../ports/state-store.js';
import { waitUntilReady, FAIL_FAST, openRedis, reasonOf } from './connection.js';
import { OperationTimeouts } from './operation-timeouts.js';
import { warnOfWeakSettings } from './redis-settings.js';
import { preloadScripts, runScript } from './run-script.js';
import { claimArgs, readClaim } from './claim-args.js';
import { keyNames, lifetimeMs } from './key-names.js';
import { PREDECESSOR, CLAIM, READ, SWAP } from './record-scripts.js';
import type { Script } from './script.js';
import {
  TRY_ACQUIRE_RATE,
  HEARTBEAT,
  PUT_DEAD_LETTER,
  COMPARE_AND_SET,
  DEAD_LETTER,
  DEAD_LETTERS,
  DELETE_DEAD_LETTER,
  GET_VALUE,
  SEND_QUOTA,
} from './store-scripts.js';
import { encodeTrigger } from './send-ledger-lua.js';
import { demandRight, noteRefusals, RedisRefused } from './redis-refused.js';
import { SilentPeer } from './silent-peer.js';
import { encodeWithExpiry, decodeKnown, decodeDeadLetters } from './record-codec.js';
import { readSwap, swapArgs } from './swap-args.js';

const SCRIPTS: readonly Script[] = [
  CLAIM,
  READ,
  SWAP,
  PREDECESSOR,
  SEND_QUOTA,
  TRY_ACQUIRE_RATE,
  HEARTBEAT,
  GET_VALUE,
  COMPARE_AND_SET,
  PUT_DEAD_LETTER,
  DEAD_LETTERS,
  DEAD_LETTER,
  DELETE_DEAD_LETTER,
];
/** A dead owner is remembered this long, for nothing but tidiness: an absent owner is dead too. */
const OWNER_RETENTION_MS = 3_600_000;
/** Dead letters kept; beyond it the oldest go, so that a broken handler cannot fill Redis. */
const MAX_DEAD_LETTERS = 10_000;

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
  /**
   * Waits for the first connection. False is no fault: the store goes on trying and works as soon as Redis does.
   *
   * @throws RedisRefused  the password or a right is missing
   */
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
  const peer = new SilentPeer(client);
  const refusal = noteRefusals(client);
  preloadScripts(client, SCRIPTS);
  const lookNoMore = warnOfWeakSettings(client, log);
  const deadlines = new OperationTimeouts(timeoutMs);

  const names = keyNames(prefix);
  const letterKeys = [names.deadLetters, names.deadLetterOrder];

  async function run(
    operation: string,
    script: Script,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    if (client.status !== 'ready') throw new StoreUnavailable(`${operation}: Redis is away`);
    const late = () => {
      peer.suspect();
      return new StoreUnavailable(`${operation}: Redis did not answer within ${timeoutMs} ms`);
    };
    try {
      return await deadlines.race(runScript(client, script, keys, args), late);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      throw new StoreUnavailable(`${operation}: Redis did not do it (${reasonOf(error)})`);
    }
  }

  return {
    async claim(request) {
      const { owner } = request;
      const stored: StoredRecord = { rev: 1, record: { state: 'running', owner, fence: 1, attempt: 1 } };
      const { keys, args } = claimArgs(request, stored, names);
      return readClaim(await run('claim', CLAIM, keys, args), request, stored);
    },

    async swap(request) {
      const { keys, args } = swapArgs(request, names);
      return readSwap(await run('swap', SWAP, keys, args), request);
    },

    async read(key, nowMs) {
      const reply = await run('read', READ, [names.record(key), names.body(key), names.heartbeats], [nowMs]);
      return reply === 0 ? undefined : decodeKnown(reply);
    },

    async predecessor(sender, key, nowMs) {
      const reply = await run('predecessor', PREDECESSOR, [names.lane(sender)], [nowMs, key, names.records]);
      if (reply === 0) return undefined;
      const [ahead, rank]: unknown[] = Array.isArray(reply) ? reply : [];
      return { key: String(ahead), sinceMs: Number(rank) };
    },

    async sendQuota({ sender, nowMs, change = '', granted }) {
      const args = [nowMs, change];
      if (granted !== undefined)
        args.push(encodeTrigger(granted.trigger), granted.messages, granted.fromMs, granted.untilMs);
      const reply = await run('sendQuota', SEND_QUOTA, [names.sendQuota(sender)], args);
      const [left, untilMs, changed]: unknown[] = Array.isArray(reply) ? reply : [];
      return { left: Number(left), untilMs: Number(untilMs), changed: changed === 1 };
    },

    async tryAcquireRate({ name, limit, perMs, nowMs }) {
      if (limit < 1) return false;
      return (
        (await run(
          'tryAcquireRate',
          TRY_ACQUIRE_RATE,
          [names.count(name)],
          [nowMs, limit, perMs, lifetimeMs(perMs)],
        )) === 1
      );
    },

    async heartbeat(owner, untilMs) {
      await run('heartbeat', HEARTBEAT, [names.heartbeats], [owner, untilMs, untilMs - OWNER_RETENTION_MS]);
    },

    async get(name, nowMs) {
      const reply = await run('get', GET_VALUE, [names.value(name)], [nowMs]);
      return typeof reply === 'string' ? reply : undefined;
    },

    async compareAndSet({ name, expected, next, nowMs, ttlMs }) {
      const args = [
        nowMs,
        expected === undefined ? '0' : '1',
        expected ?? '',
        next === undefined ? '' : encodeWithExpiry(next, nowMs + ttlMs),
        lifetimeMs(ttlMs),
      ];
      return (await run('compareAndSet', COMPARE_AND_SET, [names.value(name)], args)) === 1;
    },

    async putDeadLetter(letter) {
      await run('putDeadLetter', PUT_DEAD_LETTER, letterKeys, [
        letter.id,
        JSON.stringify(letter),
        letter.atMs,
        MAX_DEAD_LETTERS,
      ]);
    },

    async deadLetters(limit) {
      if (limit < 1) return [];
      return decodeDeadLetters(await run('deadLetters', DEAD_LETTERS, letterKeys, [limit]));
    },

    async deadLetter(id) {
      const reply = await run('deadLetter', DEAD_LETTER, [names.deadLetters], [id]);
      return decodeDeadLetters([reply].filter((json) => json !== null))[0];
    },

    async deleteDeadLetter(id) {
      return (await run('deleteDeadLetter', DELETE_DEAD_LETTER, letterKeys, [id])) === 1;
    },

    async ready(withinMs) {
      const isReady = await waitUntilReady(client, withinMs);
      const reason = refusal();
      if (reason !== undefined) throw new RedisRefused(reason);
      if (isReady) await demandRight(runScript(client, HEARTBEAT, [names.heartbeats], ['', 0, 0]));
      return isReady;
    },

    async close() {
      lookNoMore();
      client.disconnect();
    },
  };
}
