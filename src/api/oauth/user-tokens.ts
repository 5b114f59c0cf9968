import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.js';
import type { KeyValueStore } from '../../ports/key-value-store.js';
import type { AppId } from '../../protocol/ids.js';
import type { Sealer } from '../../crypto/sealer.js';
import type { OAuthApi, OAuthGrant, OAuthProfile } from './oauth.js';
import { nextOAuthStep, type OAuthStep } from './oauth-step.js';

/** The result of a call on a user's behalf. */
export type UserTokenResult<T> =
  | { readonly type: 'done'; readonly result: T }
  | { readonly type: 'failed'; readonly step: OAuthStep; readonly error?: unknown };

/**
 * Keeps the users' own tokens sealed in the store, so that no browser ever has one. Only for `snsapi_userinfo`, because
 * others are useless.
 *
 * @throws StoreUnavailable
 */
export interface UserTokens {
  keep(grant: OAuthGrant): Promise<void>;
  /** Reads the user's profile; renews an expired token once. */
  profile(openId: string): Promise<UserTokenResult<OAuthProfile>>;
  /** Renews the token now. */
  renew(openId: string): Promise<UserTokenResult<OAuthGrant>>;
  forget(openId: string): Promise<void>;
}

const tokensShape = z.object({ accessToken: z.string(), refreshToken: z.string() });
type Tokens = z.infer<typeof tokensShape>;

/** Lifetime of WeChat's refresh tokens. */
const REFRESH_LIFE_MS = 30 * 86_400_000;

export function createUserTokens(deps: {
  readonly appId: AppId;
  readonly api: OAuthApi;
  readonly store: KeyValueStore;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** No session lasts longer than this. */
  readonly ttlMs: number;
}): UserTokens {
  const { appId, api, store, sealer, clock } = deps;
  const ttlMs = Math.min(deps.ttlMs, REFRESH_LIFE_MS);
  const nameOf = (openId: string): string =>
    `${appId}:web-token:${createHash('sha256').update(openId).digest('base64url')}`;

  async function standing(openId: string): Promise<Tokens | undefined> {
    const text = await store.get(nameOf(openId), clock.now());
    return text === undefined ? undefined : tokensShape.safeParse(sealer.open(text)).data;
  }

  /** Overwrites the stored token: WeChat's tokens are valid independently, so the newest is kept. */
  async function put(openId: string, next: string | undefined): Promise<void> {
    const name = nameOf(openId);
    for (let tries = 0; tries < 5; tries += 1) {
      const expected = await store.get(name, clock.now());
      if (await store.compareAndSet({ name, expected, next, nowMs: clock.now(), ttlMs })) return;
    }
  }

  async function keep({ openId, scope, accessToken, refreshToken }: OAuthGrant): Promise<void> {
    if (!scope.split(',').includes('snsapi_userinfo')) return;
    await put(openId, sealer.seal({ accessToken, refreshToken }));
  }

  async function renewed({ refreshToken }: Tokens): Promise<UserTokenResult<OAuthGrant>> {
    try {
      const grant = await api.refresh(refreshToken);
      await keep(grant);
      return { type: 'done', result: grant };
    } catch (error) {
      return { type: 'failed', step: nextOAuthStep('refresh', error), error };
    }
  }

  async function ask(openId: string, accessToken: string): Promise<UserTokenResult<OAuthProfile>> {
    try {
      return { type: 'done', result: await api.userInfo({ accessToken, openId }) };
    } catch (error) {
      return { type: 'failed', step: nextOAuthStep('profile', error), error };
    }
  }

  return {
    keep,
    async profile(openId) {
      const tokens = await standing(openId);
      if (tokens === undefined) return { type: 'failed', step: 'ask-more' };
      const first = await ask(openId, tokens.accessToken);
      if (first.type === 'done' || first.step !== 'renew') return first;
      const next = await renewed(tokens);
      if (next.type === 'failed') return next;
      const second = await ask(openId, next.result.accessToken);
      // A new token that is refused is not renewed again.
      return second.type === 'failed' && second.step === 'renew' ? { ...second, step: 'restart' } : second;
    },
    async renew(openId) {
      const tokens = await standing(openId);
      return tokens === undefined ? { type: 'failed', step: 'restart' } : renewed(tokens);
    },
    forget: (openId) => put(openId, undefined),
  };
}
