import type { Logger } from '../../ports/logger.js';
import { claimedRecord, StoreUnavailable, type StateStore } from '../../ports/state-store.js';
import type { RedisAddress } from '../../config/redis-config.js';
import { waitUntilReady, FAIL_FAST, openRedis } from './connection.js';
import { OperationTimeouts } from './operation-timeouts.js';
import { reasonOf } from './reason-of.js';
import { readSettings, watchSettings } from './redis-settings.js';
import { ReplicaConfirmation } from './replica-confirmation.js';
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
  COUNT_DEAD_LETTERS,
  DEAD_LETTER,
  DEAD_LETTERS,
  DELETE_DEAD_LETTER,
  GET_VALUE,
  SEND_QUOTA,
} from './store-scripts.js';
import { encodeTrigger } from './send-ledger-lua.js';
import { demandRight, noteRefusals, RedisRefused, TOO_OLD } from './redis-refused.js';
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
/** A dead owner is removed after this time. An absent owner counts as dead, too. */
const OWNER_RETENTION_MS = 3_600_000;
/** Limit of dead letters; beyond it the oldest are dropped, so that a broken handler cannot fill Redis. */
const MAX_DEAD_LETTERS = 10_000;

export type RedisStoreOptions = RedisAddress & {
  readonly log: Logger;
  /** Prefix with one hash tag, so that a cluster keeps all keys on one node. Default `{wechat}`. */
  readonly prefix?: string;
  /** Limit of one operation. Default 400 ms. */
  readonly timeoutMs?: number;
};

type Call = [script: Script, keys: readonly string[], args: readonly (string | number)[]];

/** A state store in Redis, shared by all processes. */
export interface RedisStateStore extends StateStore {
  /**
   * Waits for the first connection. False is not an error: the store works as soon as Redis does.
   *
   * @throws RedisRefused  waiting does not mend that
   */
  ready(withinMs: number): Promise<boolean>;
  /** True if Redis is known to evict keys. */
  evicts(): boolean;
}

/**
 * Opens the store. It does not fail if Redis is unavailable: operations do, at once if the connection is lost, else
 * after `timeoutMs`.
 *
 * `durable` makes no difference here; durability depends on Redis's settings: with `appendfsync always` no confirmed
 * change is lost; with `everysec` the last second or two may be (docs/decisions/0012). With `waitReplicas`, a change
 * counts once replicas have it (docs/decisions/0051).
 */
export function createRedisStore(options: RedisStoreOptions): RedisStateStore {
  const { log, prefix = '{wechat}', timeoutMs = 400, waitReplicas = 0 } = options;
  const client = openRedis(options, { part: 'store', prefix, log }, FAIL_FAST);
  const peer = new SilentPeer(client);
  const refusal = noteRefusals(client, options);
  preloadScripts(client, SCRIPTS);
  const settings = watchSettings(client, log);
  const replicas = new ReplicaConfirmation(client, waitReplicas, log);
  const timeouts = new OperationTimeouts(timeoutMs);

  const names = keyNames(prefix);
  const letterKeys = [names.deadLetters, names.deadLetterOrder];

  function run(operation: string, ...call: Call): Promise<unknown> {
    return within(operation, () => runScript(client, ...call));
  }

  /** Like `run`, but resolves only once replicas have the change. */
  function write(operation: string, ...call: Call): Promise<unknown> {
    if (waitReplicas === 0) return run(operation, ...call);
    return within(operation, async () => {
      const reply = await runScript(client, ...call);
      await replicas.confirmed();
      return reply;
    });
  }

  function within(operation: string, work: () => Promise<unknown>): Promise<unknown> {
    if (client.status !== 'ready') return Promise.reject(new StoreUnavailable(`${operation}: Redis is away`));
    const late = () => {
      peer.suspect();
      return new StoreUnavailable(`${operation}: Redis did not answer within ${timeoutMs} ms`);
    };
    const refused = (error: unknown) =>
      new StoreUnavailable(`${operation}: Redis did not do it (${reasonOf(error)})`);
    return timeouts.race(work(), late, refused);
  }

  return {
    async claim(request) {
      const { owner } = request;
      const stored = claimedRecord(owner);
      const { keys, args } = claimArgs(request, stored, names);
      return readClaim(await write('claim', CLAIM, keys, args), request, stored);
    },

    async swap(request) {
      const { keys, args } = swapArgs(request, names);
      return readSwap(await write('swap', SWAP, keys, args), request);
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
      const reply = await write('sendQuota', SEND_QUOTA, [names.sendQuota(sender)], args);
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
      await write('heartbeat', HEARTBEAT, [names.heartbeats], [owner, untilMs, untilMs - OWNER_RETENTION_MS]);
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
      return (await write('compareAndSet', COMPARE_AND_SET, [names.value(name)], args)) === 1;
    },

    async putDeadLetter(letter) {
      await write('putDeadLetter', PUT_DEAD_LETTER, letterKeys, [
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

    async countDeadLetters() {
      return Number(await run('countDeadLetters', COUNT_DEAD_LETTERS, [names.deadLetters], []));
    },

    async deadLetter(id) {
      const reply = await run('deadLetter', DEAD_LETTER, [names.deadLetters], [id]);
      return decodeDeadLetters([reply].filter((json) => json !== null))[0];
    },

    async deleteDeadLetter(id) {
      return (await write('deleteDeadLetter', DELETE_DEAD_LETTER, letterKeys, [id])) === 1;
    },

    async ready(withinMs) {
      const isReady = await waitUntilReady(client, withinMs, refusal);
      const reason = refusal();
      if (reason !== undefined) throw new RedisRefused(reason, options);
      if (isReady) await demandRight(runScript(client, HEARTBEAT, [names.heartbeats], ['', 0, 0]), options);
      if (isReady && readSettings(await client.info().catch(() => '')).isTooOld)
        throw new RedisRefused(TOO_OLD, options);
      return isReady;
    },

    evicts: () => settings.evicts(),

    async close() {
      settings.stop();
      client.disconnect();
    },
  };
}
