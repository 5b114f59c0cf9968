import type { Logger } from '../../ports/logger.js';
import { StoreUnavailable, type StateStore, type StoredRecord } from '../../ports/state-store.js';
import { becomesReady, FAIL_FAST, openRedis, reasonOf } from './connection.js';
import { Deadlines } from './deadlines.js';
import { warnOfWeakSettings } from './redis-settings.js';
import { preloadScripts, runScript } from './run-script.js';
import { claimStep, readClaim } from './claim-step.js';
import { keyNames, lifetimeMs } from './key-names.js';
import { AHEAD, CLAIM, READ, SWAP } from './record-scripts.js';
import type { Script } from './script.js';
import {
  ADMIT,
  BEAT,
  BURY,
  CHANGE_FACT,
  DEAD_LETTER,
  DEAD_LETTERS,
  DROP_DEAD_LETTER,
  READ_FACT,
  WINDOW,
} from './scripts.js';
import { deedText } from './send-ledger-lua.js';
import { demandRight, noteRefusals, RedisRefused } from './redis-refused.js';
import { SilentPeer } from './silent-peer.js';
import { datedText, readKnown, readLetters } from './stored-text.js';
import { readSwap, swapStep } from './swap-step.js';

const SCRIPTS: readonly Script[] = [
  CLAIM,
  READ,
  SWAP,
  AHEAD,
  WINDOW,
  ADMIT,
  BEAT,
  READ_FACT,
  CHANGE_FACT,
  BURY,
  DEAD_LETTERS,
  DEAD_LETTER,
  DROP_DEAD_LETTER,
];
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
  const deadlines = new Deadlines(timeoutMs);

  const names = keyNames(prefix);
  const letterKeys = [names.letters, names.letterOrder];

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
      const { keys, args } = claimStep(request, stored, names);
      return readClaim(await run('claim', CLAIM, keys, args), request, stored);
    },

    async swap(request) {
      const { keys, args } = swapStep(request, names);
      return readSwap(await run('swap', SWAP, keys, args), request);
    },

    async read(key, nowMs) {
      const reply = await run('read', READ, [names.record(key), names.body(key), names.beats], [nowMs]);
      return reply === 0 ? undefined : readKnown(reply);
    },

    async ahead(sender, key, nowMs) {
      const reply = await run('ahead', AHEAD, [names.lane(sender)], [nowMs, key, names.records]);
      if (reply === 0) return undefined;
      const [ahead, rank]: unknown[] = Array.isArray(reply) ? reply : [];
      return { key: String(ahead), sinceMs: Number(rank) };
    },

    async window({ sender, nowMs, change = '', opened }) {
      const args = [nowMs, change];
      if (opened !== undefined)
        args.push(deedText(opened.deed), opened.messages, opened.fromMs, opened.untilMs);
      const reply = await run('window', WINDOW, [names.window(sender)], args);
      const [left, untilMs, changed]: unknown[] = Array.isArray(reply) ? reply : [];
      return { left: Number(left), untilMs: Number(untilMs), changed: changed === 1 };
    },

    async admit({ name, limit, perMs, nowMs }) {
      if (limit < 1) return false;
      return (await run('admit', ADMIT, [names.count(name)], [nowMs, limit, perMs, lifetimeMs(perMs)])) === 1;
    },

    async beat(owner, untilMs) {
      await run('beat', BEAT, [names.beats], [owner, untilMs, untilMs - FORGET_OWNER_MS]);
    },

    async fact(name, nowMs) {
      const reply = await run('fact', READ_FACT, [names.fact(name)], [nowMs]);
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
      return (await run('changeFact', CHANGE_FACT, [names.fact(name)], args)) === 1;
    },

    async bury(letter) {
      await run('bury', BURY, letterKeys, [letter.id, JSON.stringify(letter), letter.atMs, KEPT_LETTERS]);
    },

    async deadLetters(limit) {
      if (limit < 1) return [];
      return readLetters(await run('deadLetters', DEAD_LETTERS, letterKeys, [limit]));
    },

    async deadLetter(id) {
      const reply = await run('deadLetter', DEAD_LETTER, [names.letters], [id]);
      return readLetters([reply].filter((json) => json !== null))[0];
    },

    async dropDeadLetter(id) {
      return (await run('dropDeadLetter', DROP_DEAD_LETTER, letterKeys, [id])) === 1;
    },

    async ready(withinMs) {
      const isReady = await becomesReady(client, withinMs);
      const reason = refusal();
      if (reason !== undefined) throw new RedisRefused(reason);
      if (isReady) await demandRight(runScript(client, BEAT, [names.beats], ['', 0, 0]));
      return isReady;
    },

    async close() {
      lookNoMore();
      client.disconnect();
    },
  };
}
