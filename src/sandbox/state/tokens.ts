import { randomBytes } from 'node:crypto';
import type { SandboxClock } from '../clock.js';
import type { TokenView } from '../types/types.js';
import { beijingDay } from './beijing-day.js';

export type Channel = TokenView['channel'];

export interface Issued {
  readonly token: string;
  /** Remaining lifetime in seconds. */
  readonly expiresInS: number;
}

/** Issues access tokens over two channels, which are independent of each other. */
export interface TokenStore {
  /** Issues a new token; the previous one stays valid for five minutes. */
  ordinary(): Issued;
  /**
   * Returns the current token, renewed in its last five minutes. Forced: a new one, and the previous one is invalid at
   * once.
   */
  stable(force: boolean): Issued | { readonly refused: 45009 };
  /** Returns 0, or the errcode of an invalid token. */
  check(token: string): 0 | 40001 | 40014 | 42001;
  invalidate(channel: Channel | undefined): void;
  forcedLeft(): number;
  list(): readonly TokenView[];
}

const TTL_MS = 7_200_000;
const OVERLAP_MS = 300_000;
const FORCED_A_DAY = 20;
const MIN_FORCED_INTERVAL_MS = 30_000;
/** Limit of remembered tokens, including invalid ones, which get another errcode than unknown ones. */
const REMEMBERED = 100;

interface Kept {
  readonly channel: Channel;
  readonly token: string;
  readonly issuedAtMs: number;
  /** Regular expiry. */
  readonly expiresAtMs: number;
  /** Time at which a newer token replaces it. */
  readonly replacedAtMs: number;
}

/** Source: "获取 Access token", "获取稳定版接口调用凭据". */
export function createTokenStore({
  clock,
  changed,
}: {
  clock: SandboxClock;
  changed: () => void;
}): TokenStore {
  const kept = new Map<string, Kept>();
  const current: Partial<Record<Channel, string>> = {};
  let forced = { day: -1, used: 0, lastAtMs: -Infinity };

  function currentOf(channel: Channel): Kept | undefined {
    const token = kept.get(current[channel] ?? '');
    return token !== undefined && stateOf(token) !== 'dead' ? token : undefined;
  }

  function issue(channel: Channel, overlapMs: number): Issued {
    const nowMs = clock.now();
    const before = currentOf(channel);
    if (before !== undefined) {
      kept.set(before.token, { ...before, replacedAtMs: nowMs + overlapMs });
    }
    const token = `${(Math.floor(nowMs / 1000) % 90) + 10}_${randomBytes(96).toString('base64url')}`;
    kept.set(token, {
      channel,
      token,
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + TTL_MS,
      replacedAtMs: Infinity,
    });
    current[channel] = token;
    for (const old of kept.keys()) {
      if (kept.size <= REMEMBERED) break;
      kept.delete(old);
    }
    changed();
    return { token, expiresInS: TTL_MS / 1000 };
  }

  function stateOf(token: Kept): TokenView['state'] {
    const nowMs = clock.now();
    if (nowMs >= token.expiresAtMs || nowMs >= token.replacedAtMs) return 'dead';
    return token.replacedAtMs === Infinity ? 'current' : 'overlap';
  }

  function normal(): Issued {
    const token = currentOf('stable');
    const leftMs = token === undefined ? 0 : token.expiresAtMs - clock.now();
    if (token === undefined || leftMs <= OVERLAP_MS) return issue('stable', OVERLAP_MS);
    return { token: token.token, expiresInS: Math.floor(leftMs / 1000) };
  }

  const forcedToday = (): number => (forced.day === beijingDay(clock.now()) ? forced.used : 0);

  return {
    ordinary: () => issue('ordinary', OVERLAP_MS),
    stable(force) {
      if (!force) return normal();
      const nowMs = clock.now();
      if (forcedToday() >= FORCED_A_DAY) return { refused: 45009 };
      if (nowMs - forced.lastAtMs < MIN_FORCED_INTERVAL_MS) return normal(); // too soon: no refresh
      forced = { day: beijingDay(nowMs), used: forcedToday() + 1, lastAtMs: nowMs };
      return issue('stable', 0);
    },
    check(token) {
      const known = kept.get(token);
      if (known === undefined) return /^\d+_[A-Za-z0-9_-]{32,}$/.test(token) ? 40001 : 40014;
      // The earlier of the two ends is the reason.
      if (clock.now() < Math.min(known.replacedAtMs, known.expiresAtMs)) return 0;
      return known.replacedAtMs < known.expiresAtMs ? 40001 : 42001;
    },
    invalidate(channel) {
      for (const token of kept.values()) {
        if (channel !== undefined && token.channel !== channel) continue;
        kept.set(token.token, { ...token, replacedAtMs: Math.min(token.replacedAtMs, clock.now()) });
        if (current[token.channel] === token.token) delete current[token.channel];
      }
      changed();
    },
    forcedLeft: () => FORCED_A_DAY - forcedToday(),
    list: () =>
      [...kept.values()].map((token) => ({
        channel: token.channel,
        token: token.token,
        issuedAtMs: token.issuedAtMs,
        expiresAtMs: Math.min(token.expiresAtMs, token.replacedAtMs),
        state: stateOf(token),
      })),
  };
}
