import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { StateStore } from '../../ports/state-store.js';
import type { AppId } from '../../protocol/ids.js';
import type { Sealer } from '../../crypto/sealer.js';
import type { OAuthApi, OAuthGrant } from './oauth.js';
import { nextOAuthStep, OAUTH_STEPS } from './oauth-step.js';

/** Who came back from the authorize page. */
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

/** `replayed`: the login was spent before, on another code. */
export type LoginOutcome = Spent | { readonly type: 'replayed' };

/**
 * Spends a login: each one exchanges one code, once, whichever processes its requests land on. A request that comes
 * again with the same code gets the first one's outcome.
 *
 * @throws StoreUnavailable  nothing was exchanged
 */
export type RedeemLogin = (login: {
  readonly id: string;
  readonly code: string;
  /** When the login runs out by itself: until then it is remembered that it was spent. */
  readonly endsAtMs: number;
}) => Promise<LoginOutcome>;

/** Longer than an exchange may take. */
const LOGIN_TIMEOUT_MS = 8_000;
const POLL_INTERVAL_MS = 100;

export function createLogins(deps: {
  readonly appId: AppId;
  readonly api: OAuthApi;
  readonly store: Pick<StateStore, 'get' | 'compareAndSet'>;
  /** Outcomes name users, and the store is not ours alone. */
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Hears of each grant, tokens included, before anybody hears of the outcome. */
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
      log[step === 'mend' ? 'error' : 'warn']({ err: error, step }, 'a code could not be exchanged');
      return { type: 'failed', step };
    }
  }

  /** What another request makes, or made, of the same login. */
  async function join(name: string, digest: string): Promise<LoginOutcome> {
    const untilMs = clock.now() + LOGIN_TIMEOUT_MS;
    for (;;) {
      const entry = readEntry(await store.get(name, clock.now()));
      // Whoever had it is gone, and the code with it.
      if (entry === undefined) return { type: 'failed', step: 'restart' };
      if (entry.code !== digest) return { type: 'replayed' };
      if (entry.outcome !== undefined) {
        const read = outcomeShape.safeParse(sealer.open(entry.outcome));
        return read.success ? read.data : { type: 'failed', step: 'restart' };
      }
      if (clock.now() >= untilMs) return { type: 'failed', step: 'restart' };
      await new Promise<void>((resolve) => {
        clock.schedule(POLL_INTERVAL_MS, resolve);
      });
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
      log.warn({ err: error }, 'the outcome of a web login could not be kept: a second request begins again');
    });
    return outcome;
  };
}

const entryShape = z.object({ code: z.string(), outcome: z.string().exactOptional() });

function readEntry(text: string | undefined): z.infer<typeof entryShape> | undefined {
  return text === undefined ? undefined : entryShape.parse(JSON.parse(text));
}
