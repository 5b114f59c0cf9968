import { randomBytes } from 'node:crypto';

/** One user's grant of web authorization. */
export interface Grant {
  readonly openId: string;
  readonly scope: string;
}

export interface Issued {
  readonly grant: Grant;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Codes, user-level access tokens and refresh tokens of web authorization (网页授权). */
export interface GrantStore {
  code(grant: Grant): string;
  /** 40029: no such code; 40163: used before; 42003: older than five minutes. */
  useCode(code: string): Grant | 40029 | 40163 | 42003;
  /** A new access token and refresh token. */
  issue(grant: Grant): Issued;
  /** Prolongs the access token that is in force, or issues a new one; the refresh token and its end stay. */
  refresh(token: string): Issued | 40030 | 42002;
  byAccessToken(token: string): Grant | 40001 | 42001;
}

const CODE_MS = 5 * 60_000;
const ACCESS_MS = 7_200_000;
const REFRESH_MS = 30 * 86_400_000;
const LIMIT = 1_000;

export function createGrantStore(now: () => number): GrantStore {
  const codes = new Map<string, { grant: Grant; endsAtMs: number; used: boolean }>();
  const access = new Map<string, { grant: Grant; endsAtMs: number }>();
  const refresh = new Map<string, { grant: Grant; accessToken: string; endsAtMs: number }>();

  function newAccess(grant: Grant): string {
    const accessToken = `web_${randomBytes(64).toString('base64url')}`;
    keep(access, accessToken, { grant, endsAtMs: now() + ACCESS_MS });
    return accessToken;
  }

  return {
    code(grant) {
      const code = `0${randomBytes(24).toString('base64url').slice(0, 31)}`;
      keep(codes, code, { grant, endsAtMs: now() + CODE_MS, used: false });
      return code;
    },
    useCode(code) {
      const kept = codes.get(code);
      if (kept === undefined) return 40029;
      if (kept.used) return 40163;
      if (kept.endsAtMs <= now()) return 42003;
      kept.used = true;
      return kept.grant;
    },
    issue(grant) {
      const accessToken = newAccess(grant);
      const refreshToken = `refresh_${randomBytes(64).toString('base64url')}`;
      keep(refresh, refreshToken, { grant, accessToken, endsAtMs: now() + REFRESH_MS });
      return { grant, accessToken, refreshToken };
    },
    refresh(refreshToken) {
      const kept = refresh.get(refreshToken);
      if (kept === undefined) return 40030;
      if (kept.endsAtMs <= now()) return 42002;
      const { grant } = kept;
      const current = access.get(kept.accessToken);
      if (current !== undefined && current.endsAtMs > now()) current.endsAtMs = now() + ACCESS_MS;
      else kept.accessToken = newAccess(grant);
      return { grant, accessToken: kept.accessToken, refreshToken };
    },
    byAccessToken(token) {
      const kept = access.get(token);
      if (kept === undefined) return 40001;
      return kept.endsAtMs > now() ? kept.grant : 42001;
    },
  };
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > LIMIT && oldest !== undefined) map.delete(oldest);
}
