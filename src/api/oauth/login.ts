import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import { sleep } from '../../ports/sleep.js';
import type { KeyValueStore } from '../../ports/key-value-store.js';
import type { AppId } from '../../protocol/ids.js';
import type { Sealer } from '../../crypto/sealer.js';
import type { OAuthApi, OAuthGrant } from './oauth.js';
import { nextOAuthStep, OAUTH_STEPS } from './oauth-step.js';

/** The user who returned from the authorize page. */
const userShape = z.object({
  openId: z.string(),
  unionId: z.string().exactOptional(),
  scope: z.string(),
  isSnapshotUser: z.boolean(),
});

const outcomeShape = z.discriminatedUnion('type', [
  z.object({ type: z.literal('granted'), user: userShape }),
  z.object({ type: z.literal('failed'), step: z.enum(OAUTH_STEPS) }),
]);
type Spent = z.infer<typeof outcomeShape>;

/** `replayed`: the login was redeemed before, with another code. */
export type LoginOutcome = Spent | { readonly type: 'replayed' };

/**
 * Redeems a login: each exchanges one code, once, on whatever processes its requests arrive. A repeated request with
 * the same code gets the first outcome.
 *
 * @throws StoreUnavailable  nothing was exchanged
 */
export type RedeemLogin = (login: {
  readonly id: string;
  readonly code: string;
  /** Expiry of the login; until then its redemption is remembered. */
  readonly endsAtMs: number;
}) => Promise<LoginOutcome>;

/** Longer than an exchange may take. */
const LOGIN_TIMEOUT_MS = 8_000;
const POLL_INTERVAL_MS = 100;

export function createLogins(deps: {
  readonly appId: AppId;
  readonly api: OAuthApi;
  readonly store: KeyValueStore;
  /** Encrypts outcomes, which contain OpenIDs, because others may read the store. */
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called with each grant, including its tokens, before the outcome is published. */
  readonly onGrant: (grant: OAuthGrant) => Promise<void>;
}): RedeemLogin {
  const { appId, api, store, sealer, clock, log, onGrant } = deps;

  async function exchange(code: string): Promise<Spent> {
    try {
      const grant = await api.exchangeCode(code);
      await onGrant(grant);
      const { openId, unionId, scope, isSnapshotUser } = grant;
      const user = { openId, scope, isSnapshotUser, ...(unionId !== undefined && { unionId }) };
      return { type: 'granted', user };
    } catch (error) {
      const step = nextOAuthStep('exchange', error);
      log[step === 'mend' ? 'error' : 'warn']({ err: error, step }, 'code exchange failed');
      return { type: 'failed', step };
    }
  }

  /** Waits for the outcome of another request for the same login. */
  async function join(name: string, digest: string): Promise<LoginOutcome> {
    const untilMs = clock.now() + LOGIN_TIMEOUT_MS;
    for (;;) {
      const entry = readEntry(await store.get(name, clock.now()));
      // The process that redeemed the code died, and a code can be redeemed only once.
      if (entry === undefined) return { type: 'failed', step: 'restart' };
      if (entry.code !== digest) return { type: 'replayed' };
      if (entry.outcome !== undefined) {
        const read = outcomeShape.safeParse(sealer.open(entry.outcome));
        return read.success ? read.data : { type: 'failed', step: 'restart' };
      }
      if (clock.now() >= untilMs) return { type: 'failed', step: 'restart' };
      await sleep(clock, POLL_INTERVAL_MS);
    }
  }

  return async function spend({ id, code, endsAtMs }) {
    const name = `${appId}:web-login:${id}`;
    const digest = createHash('sha256').update(code).digest('base64url');
    const claim = JSON.stringify({ code: digest, by: randomUUID() });
    const lifetime = () => ({ nowMs: clock.now(), ttlMs: Math.max(1, endsAtMs - clock.now()) });
    const isFirst = await store.compareAndSet({ name, expected: undefined, next: claim, ...lifetime() });
    if (!isFirst) return join(name, digest);

    const outcome = await exchange(code);
    const next = JSON.stringify({ code: digest, outcome: sealer.seal(outcome) });
    await store.compareAndSet({ name, expected: claim, next, ...lifetime() }).catch((error: unknown) => {
      log.warn(
        { err: error },
        'store unavailable: the outcome of a web login is not kept, and a second request begins again',
      );
    });
    return outcome;
  };
}

const entryShape = z.object({ code: z.string(), outcome: z.string().exactOptional() });

function readEntry(text: string | undefined): z.infer<typeof entryShape> | undefined {
  return text === undefined ? undefined : entryShape.parse(JSON.parse(text));
}
