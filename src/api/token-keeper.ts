import { AppError } from '../protocol/app-error.js';
import { toAccessToken, type AccessToken, type AppId } from '../protocol/ids.js';
import type { Clock } from '../ports/clock.js';
import { noEvents, type Events } from '../ports/events.js';
import type { Logger } from '../ports/logger.js';
import type { StateStore } from '../ports/state-store.js';
import type { AccessPoints } from './access-points/access-points.js';
import { ApiRefused, SecretMissing } from './api-error.js';
import type { AppSecret } from './app-secret.js';
import { createCredentialCache, type CredentialCache } from './credential-cache.js';
import { createCredentialRecords } from './credential-record.js';
import { createSharedSource } from './shared-credential-source.js';
import type { Credential, RefreshMode } from './credential.js';
import { fetchToken, type TokenChannel } from './fetch-token.js';
import { createGivenTokens, type GivenTokens } from './given-tokens.js';
import { createForceBudget } from './token-force-budget.js';
import { describeTokenConflict } from './token-conflict.js';

/**
 * Keeps the account's access token, one for all processes on a store.
 *
 * @throws SecretMissing · ApiRefused · ApiUnreachable · TokenAwaited  from `get`, if no token is available
 */
export interface TokenKeeper {
  get(): Promise<AccessToken>;
  /** Drops a token that WeChat refused with this errcode, if it is still the current one. Never throws. */
  reject(token: AccessToken, errcode?: number): Promise<void>;
}

/** The part of the keeper for code that passes tokens on and manages them. */
export interface TokenCentre extends TokenKeeper {
  /** Returns the token with its expiry. @throws as `get` */
  current(): Promise<Credential>;
  /**
   * Requests a token now. The stable channel returns the same one unless forced. @throws ForceBudgetSpent, and as `get`
   */
  refresh(wish: Exclude<RefreshMode, 'next'>): Promise<Credential>;
  status(): Promise<TokenStatus>;
  /**
   * Tells whether this token centre gave out that token within the last day.
   *
   * @throws StoreUnavailable  this process did not, and the store that knows of the others cannot be asked
   */
  gaveOut(token: string): Promise<boolean>;
  /** Starts to renew the token in time, once there is a first one. */
  start(): void;
  /** Ends the renewals. Resolves once the fetch under way has ended: a process that is gone would leave its lock. */
  stop(): Promise<void>;
}

/** The state of the token for operators, without the token itself. */
export interface TokenStatus {
  /** `server`: another instance's token centre. */
  readonly channel: TokenChannel | 'server';
  /** Absent: there is no token, or its expiry is unknown. */
  readonly expiresAtMs?: number;
  /** Forced refreshes that WeChat allows today. */
  readonly forcedLeft?: number;
  /** Set if another program replaces our tokens. */
  readonly superseded?: { readonly times: number; readonly lastAtMs: number; readonly advice: string };
  /** Reason of the last failed fetch. */
  readonly trouble?: string;
}

/**
 * The forced refresh was not made: WeChat allows 20 a day, 30 s apart. The same limit applies to the ordinary channel,
 * where each refresh ends the token before the last.
 */
export class ForceBudgetSpent extends AppError {
  readonly code = 'force_budget_spent';
  constructor() {
    super({
      en: 'the access token was not forced: WeChat allows 20 forced refreshes a day (of Beijing), 30 s apart. Wait, or refresh without force',
      zh: '没有强制刷新 access_token：微信每天（北京时间）允许强制刷新 20 次，间隔 30 秒。请等一会儿，或不用强制刷新',
    });
  }
}

/** Longer than the longest fetch. */
const LOCK_MS = 10_000;
const WHAT = 'access token';

export function createTokenKeeper(deps: {
  readonly appId: AppId;
  /** Without a value, stored tokens are used, and none is fetched. */
  readonly secret: AppSecret;
  readonly channel: TokenChannel;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly accessPoints: AccessPoints;
  readonly log: Logger;
  /** Name of the account in events. Default: `default`. */
  readonly account?: string;
  readonly events?: Events;
  /** From 0 up to 1. */
  readonly random?: () => number;
}): TokenCentre {
  const { appId, secret, channel, store, clock, accessPoints, log } = deps;
  const { account = 'default', events = noEvents } = deps;
  const records = createCredentialRecords({
    store,
    clock,
    name: `${appId}:token:${channel}`,
    lockMs: LOCK_MS,
    keepsGiven: true,
  });
  const given = createGivenTokens({ clock, stored: async () => (await records.read()).given ?? [] });
  const budget = createForceBudget(store, clock, appId);
  const fields = { appId, channel };

  function demandSecret(): string {
    if (secret.value === undefined) throw new SecretMissing();
    return secret.value;
  }

  /** @param replaces  the token that WeChat refuses */
  async function fetchOnce(force: boolean, replaces?: string): Promise<Credential> {
    const value = demandSecret();
    const askedAtMs = clock.now();
    try {
      const lent = await fetchToken(accessPoints, { appId, secret: value, channel, force });
      const expiresAtMs = askedAtMs + lent.lifetimeMs;
      events.emit({ type: 'token.refreshed', account, result: 'ok', expiresAtMs });
      return { value: lent.value, expiresAtMs };
    } catch (error) {
      const why =
        error instanceof ApiRefused
          ? { errcode: error.errcode, advice: { en: error.adviceIn('en'), zh: error.adviceIn('zh') } }
          : {};
      const ended = replaces === undefined ? {} : { expiresAtMs: clock.now() };
      events.emit({ type: 'token.refreshed', account, result: 'failed', ...ended, ...why });
      throw error;
    }
  }

  const source = createSharedSource({
    records,
    secret,
    assertCanFetch: demandSecret,
    async fetch({ replaces, forced }) {
      if (forced && !(await budget.spend())) throw new ForceBudgetSpent();
      if (channel === 'ordinary') return fetchOnce(false, replaces); // every fetch makes a new one
      if (forced) return fetchOnce(true, replaces);
      const fetched = await fetchOnce(false, replaces);
      if (fetched.value !== replaces || !(await budget.spend())) return fetched;
      log.warn(
        fields,
        'token refused: WeChat hands out the access token that it refuses, and a new one is forced',
      );
      return fetchOnce(true, replaces);
    },
    onSupersededExternally(times, leftMs) {
      events.emit({ type: 'token.superseded', account, times });
      log.warn({ ...fields, times, leftMs }, `token conflict: ${describeTokenConflict(channel, times).en}`);
    },
    clock,
    log,
    what: WHAT,
    fields,
  });
  const holder = createCredentialCache({
    source,
    clock,
    log,
    what: WHAT,
    fields,
    onHeld: (value) => given.note(value),
    ...(deps.random !== undefined && { random: deps.random }),
  });

  return {
    ...toTokenCentre(holder, given),
    async status() {
      const record = await records.read().catch(() => undefined);
      const { current, superseded } = record ?? {};
      return {
        channel,
        ...(current !== undefined && current.rejected !== true && { expiresAtMs: current.expiresAtMs }),
        forcedLeft: await budget.left(),
        ...(superseded !== undefined && {
          superseded: { ...superseded, advice: describeTokenConflict(channel, superseded.times).en },
        }),
        ...lastErrorOf(holder),
      };
    },
  };
}

/** Returns the methods that do not depend on the source of the token. */
export function toTokenCentre(holder: CredentialCache, given: GivenTokens): Omit<TokenCentre, 'status'> {
  return {
    get: async () => toAccessToken((await holder.get()).value),
    reject: (token, errcode) => holder.reject(token, errcode),
    current: () => holder.get(),
    refresh: (wish) => holder.refresh(wish),
    gaveOut: (token) => given.has(token),
    start: () => holder.start(),
    stop: () => holder.stop(),
  };
}

export function lastErrorOf(holder: CredentialCache): { readonly trouble?: string } {
  const error = holder.lastFailure()?.error;
  return error === undefined ? {} : { trouble: error instanceof Error ? error.message : 'failed' };
}
