import { AppError } from '../protocol/app-error.js';
import { toAccessToken, type AccessToken, type AppId } from '../protocol/ids.js';
import type { Clock } from '../ports/clock.js';
import { noEvents, type Events } from '../ports/events.js';
import type { Logger } from '../ports/logger.js';
import type { StateStore } from '../ports/state-store.js';
import type { AccessPoints } from './access-points.js';
import { ApiRefused, SecretMissing } from './api-error.js';
import type { AppSecret } from './app-secret.js';
import { createCredentialCache, type CredentialCache } from './credential-cache.js';
import { createCredentialRecords } from './credential-record.js';
import { createSharedSource } from './shared-credential-source.js';
import type { Credential, RefreshMode } from './credential.js';
import { fetchToken, type TokenChannel } from './fetch-token.js';
import { createForceBudget } from './token-force-budget.js';
import { describeTokenConflict } from './token-conflict.js';

/**
 * The account's access token, one for all processes on a store.
 *
 * @throws SecretMissing · ApiRefused · ApiUnreachable · TokenAwaited  from `get`, when no token can be had now
 */
export interface TokenKeeper {
  get(): Promise<AccessToken>;
  /**
   * WeChat refused this token on a business call, with this errcode. Drops it if it is still the current one; never
   * throws.
   */
  reject(token: AccessToken, errcode?: number): Promise<void>;
}

/** The keeper as those see it who hand tokens on and look after them. */
export interface TokenCentre extends TokenKeeper {
  /** The token with its end. @throws as `get` */
  current(): Promise<Credential>;
  /** Asks for a new one now: in the stable channel the same one comes, unless it is forced. @throws ForceBudgetSpent, and as `get` */
  refresh(wish: Exclude<RefreshMode, 'next'>): Promise<Credential>;
  status(): Promise<TokenStatus>;
  /** Renews in time, asked for or not, once there is a first token. */
  start(): void;
  stop(): void;
}

/** What an operator may see of the token: everything but the token. */
export interface TokenStatus {
  /** `server`: another instance's token centre. */
  readonly channel: TokenChannel | 'server';
  /** Absent: there is none, or nobody knows. */
  readonly expiresAtMs?: number;
  /** Forced refreshes that WeChat allows today. */
  readonly forcedLeft?: number;
  /** Somebody else replaces our tokens. */
  readonly superseded?: { readonly times: number; readonly lastAtMs: number; readonly advice: string };
  /** Why the last fetch failed. */
  readonly trouble?: string;
}

/**
 * WeChat allows 20 forced refreshes a day, 30 s apart, and this would have been one more. It was not made. We allow no
 * more in the ordinary channel, where each ends the token before the last.
 */
export class ForceBudgetSpent extends AppError {
  readonly code = 'force_budget_spent';
  constructor() {
    super(
      'the access token was not forced: WeChat allows 20 forced refreshes a day (of Beijing), 30 s apart. Wait, or refresh without force',
    );
  }
}

/** Longer than the longest fetch. */
const LOCK_MS = 10_000;
const WHAT = 'access token';

export function createTokenKeeper(deps: {
  readonly appId: AppId;
  /** Without a value, tokens that others left in the store are used, and none is fetched. */
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
  });
  const budget = createForceBudget(store, clock, appId);
  const fields = { appId, channel };

  function demandSecret(): string {
    if (secret.value === undefined) throw new SecretMissing();
    return secret.value;
  }

  async function fetchOnce(force: boolean): Promise<Credential> {
    const value = demandSecret();
    const askedAtMs = clock.now();
    try {
      const lent = await fetchToken(accessPoints, { appId, secret: value, channel, force });
      const expiresAtMs = askedAtMs + lent.lifetimeMs;
      events.emit({ type: 'token.refreshed', account, result: 'ok', expiresAtMs });
      return { value: lent.value, expiresAtMs };
    } catch (error) {
      const why = error instanceof ApiRefused ? { errcode: error.errcode, detail: error.advice } : {};
      events.emit({ type: 'token.refreshed', account, result: 'failed', ...why });
      throw error;
    }
  }

  const source = createSharedSource({
    records,
    secret,
    assertCanFetch: demandSecret,
    async fetch({ replaces, forced }) {
      if (forced && !(await budget.spend())) throw new ForceBudgetSpent();
      if (channel === 'ordinary') return fetchOnce(false); // every fetch makes a new one
      if (forced) return fetchOnce(true);
      const fetched = await fetchOnce(false);
      if (fetched.value !== replaces || !(await budget.spend())) return fetched;
      log.warn(fields, 'WeChat hands out the access token that it refuses: forcing a new one');
      return fetchOnce(true);
    },
    onSupersededExternally(times, leftMs) {
      events.emit({ type: 'token.superseded', account, times });
      log.warn({ ...fields, times, leftMs }, describeTokenConflict(channel, times));
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
    ...(deps.random !== undefined && { random: deps.random }),
  });

  return {
    ...toTokenCentre(holder),
    async status() {
      const record = await records.read().catch(() => undefined);
      const { current, superseded } = record ?? {};
      return {
        channel,
        ...(current !== undefined && { expiresAtMs: current.expiresAtMs }),
        forcedLeft: await budget.left(),
        ...(superseded !== undefined && {
          superseded: { ...superseded, advice: describeTokenConflict(channel, superseded.times) },
        }),
        ...lastErrorOf(holder),
      };
    },
  };
}

/** The methods that do not depend on where the token comes from. */
export function toTokenCentre(holder: CredentialCache): Omit<TokenCentre, 'status'> {
  return {
    get: async () => toAccessToken((await holder.get()).value),
    reject: (token, errcode) => holder.reject(token, errcode),
    current: () => holder.get(),
    refresh: (wish) => holder.refresh(wish),
    start: () => holder.start(),
    stop: () => holder.stop(),
  };
}

export function lastErrorOf(holder: CredentialCache): { readonly trouble?: string } {
  const error = holder.lastFailure()?.error;
  return error === undefined ? {} : { trouble: error instanceof Error ? error.message : 'failed' };
}
