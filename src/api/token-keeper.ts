import { randomUUID } from 'node:crypto';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import { StoreUnavailable, type StateStore } from '../ports/state-store.js';
import type { AccessToken, AppId } from '../protocol/ids.js';
import type { AccessPoints } from './access-points.js';
import { SecretMissing, TokenAwaited } from './api-error.js';
import { fetchToken, type TokenChannel } from './fetch-token.js';
import { createTokenFacts, forcedAfter, type SharedToken, type StandingToken } from './token-facts.js';

/**
 * The account's access token, one for all processes on a store.
 *
 * @throws SecretMissing · ApiRefused · ApiUnreachable · TokenAwaited  from `get`, when no token can be had now
 */
export interface TokenKeeper {
  get(): Promise<AccessToken>;
  /** WeChat refused this token on a business call. Drops it if it is still the current one; never throws. */
  reject(token: AccessToken): Promise<void>;
}

/** WeChat keeps the old token valid for so long beside the new one. */
const OVERLAP_MS = 300_000;
/** Spreads the processes' refreshes over the start of the overlap. Earlier, the stable channel repeats itself. */
const JITTER_MS = 20_000;
/** The soonest that a token of short life is refreshed, unless half its life is shorter. */
const REST_MS = 60_000;
/** A token that came for a refused one is kept at least so long: what it is refused for, another will be too. */
const REPLACE_APART_MS = 10_000;
const POLL_MS = 100;
const MAX_WAIT_MS = 5_000;
const BACK_OFF_MS = { first: 1_000, longest: 60_000 };

export function createTokenKeeper(deps: {
  readonly appId: AppId;
  /** Absent: tokens that others left in the store are used, none is fetched. */
  readonly secret: string | undefined;
  readonly channel: TokenChannel;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly accessPoints: AccessPoints;
  readonly log: Logger;
  /** From 0 up to 1. */
  readonly random?: () => number;
}): TokenKeeper {
  const { appId, secret, channel, store, clock, accessPoints, log, random = Math.random } = deps;
  const facts = createTokenFacts(store, clock, appId, channel);

  let held: (SharedToken & { readonly refreshAtMs: number }) | undefined;
  /** The token refused last, until another is held. */
  let failed: AccessToken | undefined;
  let flight: Promise<SharedToken> | undefined;
  let failure: { readonly error: unknown; readonly times: number; readonly untilMs: number } | undefined;
  /** Stands in for the store's count of forced refreshes while the store is away. */
  let forcedAlone: string | undefined;

  function renew(): Promise<SharedToken> {
    if (flight !== undefined) return flight;
    if (failure !== undefined && clock.now() < failure.untilMs) return Promise.reject(failure.error);
    flight = obtain()
      .then(hold, giveUp)
      .finally(() => {
        flight = undefined;
      });
    return flight;
  }

  function hold(shared: SharedToken): SharedToken {
    const nowMs = clock.now();
    const inOverlapMs = shared.expiresAtMs - OVERLAP_MS + random() * JITTER_MS;
    const soonestMs = nowMs + Math.min(REST_MS, (shared.expiresAtMs - nowMs) / 2);
    held = { ...shared, refreshAtMs: Math.max(inOverlapMs, soonestMs) };
    failed = undefined;
    failure = undefined;
    return shared;
  }

  function giveUp(error: unknown): never {
    const times = (failure?.times ?? 0) + 1;
    const restMs = Math.min(BACK_OFF_MS.first * 2 ** (times - 1), BACK_OFF_MS.longest);
    failure = { error, times, untilMs: clock.now() + restMs };
    log.warn({ err: error, channel, stillHeld: holdsValid(), restMs }, 'no access token could be had');
    throw error;
  }

  async function obtain(): Promise<SharedToken> {
    try {
      return await obtainShared(held?.token);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      log.warn({ err: error, channel }, 'the store is away: this process fetches an access token for itself');
      return await fetchNext(undefined, async () => {
        const next = forcedAfter(forcedAlone, clock.now());
        forcedAlone = next ?? forcedAlone;
        return next !== undefined;
      });
    }
  }

  /** The store's token, if it is another than `seen`; else a new one, fetched by one of all processes. */
  async function obtainShared(seen: AccessToken | undefined): Promise<SharedToken> {
    const ifUsable = ({ shared }: StandingToken): SharedToken | undefined => {
      if (shared === undefined || shared.rejected === true || shared.expiresAtMs <= clock.now())
        return undefined;
      return shared.token === seen || shared.token === failed ? undefined : shared;
    };

    const owner = randomUUID();
    for (let waitedMs = 0; ; waitedMs += POLL_MS) {
      const shared = ifUsable(await facts.read());
      if (shared !== undefined) return shared;
      if (secret === undefined) throw new SecretMissing();
      if (await facts.lock(owner)) break;
      if (waitedMs >= MAX_WAIT_MS) throw new TokenAwaited(waitedMs);
      await new Promise<void>((resolve) => {
        clock.schedule(POLL_MS, resolve);
      });
    }
    try {
      const standing = await facts.read(); // whoever held the lock before us may have stored one meanwhile
      const theirs = ifUsable(standing);
      if (theirs !== undefined) return theirs;
      const refused = standing.shared?.rejected === true ? standing.shared.token : undefined;
      const mine = await fetchNext(refused, () => facts.noteForced());
      return await publish(mine, standing, ifUsable);
    } finally {
      await facts.unlock(owner).catch(() => {}); // it runs out by itself
    }
  }

  async function fetchNext(
    refused: AccessToken | undefined,
    noteForced: () => Promise<boolean>,
  ): Promise<SharedToken> {
    if (secret === undefined) throw new SecretMissing();
    const replaces = refused ?? failed;
    let askedAtMs = clock.now();
    let fetched = await fetchToken(accessPoints, { appId, secret, channel, force: false });
    if (channel === 'stable' && fetched.token === replaces && (await noteForced())) {
      log.warn({ channel }, 'WeChat hands out the access token that it refuses: forcing a new one');
      askedAtMs = clock.now();
      fetched = await fetchToken(accessPoints, { appId, secret, channel, force: true });
    }
    return {
      token: fetched.token,
      expiresAtMs: askedAtMs + fetched.lifetimeMs,
      ...(replaces !== undefined && { replacedAtMs: clock.now() }),
    };
  }

  /** Puts the new token in the place of what stood there. Who outlived its lock takes over what came after it. */
  async function publish(
    mine: SharedToken,
    standing: StandingToken,
    ifUsable: (standing: StandingToken) => SharedToken | undefined,
  ): Promise<SharedToken> {
    try {
      let { raw } = standing;
      while (!(await facts.change(raw, mine))) {
        const now = await facts.read();
        const theirs = ifUsable(now);
        if (theirs !== undefined) return theirs;
        raw = now.raw;
      }
    } catch (error) {
      log.warn({ err: error, channel }, 'the access token could not be shared');
    }
    return mine;
  }

  function holdsValid(): boolean {
    return held !== undefined && clock.now() < held.expiresAtMs;
  }

  function isFreshReplacement({ replacedAtMs }: SharedToken): boolean {
    return replacedAtMs !== undefined && clock.now() - replacedAtMs < REPLACE_APART_MS;
  }

  return {
    async get() {
      if (held === undefined || !holdsValid()) return (await renew()).token;
      if (clock.now() >= held.refreshAtMs) renew().catch(() => {}); // logged; the old one serves to its end
      return held.token;
    },

    async reject(token) {
      if (held !== undefined && (held.token !== token || isFreshReplacement(held))) return;
      held = undefined;
      failed = token;
      try {
        const { raw, shared } = await facts.read();
        if (shared?.token !== token || shared.rejected === true) return;
        if (isFreshReplacement(shared)) hold(shared);
        else await facts.change(raw, { ...shared, rejected: true });
      } catch (error) {
        log.warn({ err: error, channel }, 'the refused access token could not be marked for others');
      }
    },
  };
}
