import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { createSealer, deriveKey } from '../crypto/sealer.js';
import type { OAuthScope } from '../api/oauth/oauth.js';
import type { Clock } from '../ports/clock.js';
import { signatureMatches } from '../protocol/signature.js';
import { readCookies, type CookieJar } from './cookies.js';

const shape = z.object({
  id: z.string(),
  returnTo: z.string(),
  scope: z.enum(['snsapi_base', 'snsapi_userinfo']),
  isSecondTry: z.boolean(),
});

/** An unfinished login of this browser. */
export interface PendingLogin {
  readonly id: string;
  readonly returnTo: string;
  readonly scope: OAuthScope;
  /** The login repeats a failed one. It is not repeated again. */
  readonly isSecondTry: boolean;
  readonly endsAtMs: number;
}

/**
 * Creates and checks the `state` of logins. It is signed; bound to its browser by a cookie, so that nobody can make
 * another person finish his login; and short-lived. The store makes it single-use.
 *
 * It has 104 letters and digits: 8 for its time in seconds and 32 random ones, which are the login's id, then a
 * signature over both.
 */
export interface LoginStates {
  begin(login: Pick<PendingLogin, 'returnTo' | 'scope' | 'isSecondTry'>): {
    readonly state: string;
    readonly cookie: string;
  };
  /**
   * Checks a `state`. `forged`: not made here. `over`: too old. `elsewhere`: begun in another browser, or its cookie is
   * lost.
   */
  read(
    request: Pick<IncomingMessage, 'headers'>,
    state: string,
  ): PendingLogin | 'forged' | 'over' | 'elsewhere';
  /** Returns `Set-Cookie` lines that clear all but the newest logins, so that a browser never sends too many. */
  clear(request: Pick<IncomingMessage, 'headers'>, keep?: number): string[];
}

/** Time for a person to read and consent. */
export const LOGIN_MS = 10 * 60_000;
const STATE = /^([0-9a-f]{8})([0-9a-f]{32})([0-9a-f]{64})$/;

export function createLoginStates(deps: {
  /** Separates the logins of several accounts on one site. */
  readonly name: string;
  readonly key: string;
  readonly appId: string;
  readonly jar: CookieJar;
  readonly clock: Clock;
}): LoginStates {
  const { name, appId, jar, clock } = deps;
  const macKey = deriveKey(deps.key, `login state of ${appId}`);
  const sealer = createSealer(deps.key, `login of ${appId}`);
  const sign = (id: string): string => createHmac('sha256', macKey).update(id).digest('hex');
  // An id begins with its time, so the names sort by time.
  const cookieName = (id: string): string => `${name}-login-${id.slice(0, 16)}`;

  return {
    begin(login) {
      const second = Math.floor(clock.now() / 1_000);
      const id = second.toString(16).padStart(8, '0') + randomBytes(16).toString('hex');
      const cookie = jar.set(cookieName(id), sealer.seal({ id, ...login }), LOGIN_MS);
      return { state: id + sign(id), cookie };
    },
    read(request, state) {
      const parts = STATE.exec(state);
      if (parts === null) return 'forged';
      const id = `${parts[1]}${parts[2]}`;
      if (!signatureMatches(sign(id), parts[3] ?? '')) return 'forged';
      const endsAtMs = Number.parseInt(parts[1] ?? '', 16) * 1_000 + LOGIN_MS;
      if (endsAtMs <= clock.now()) return 'over';
      const sealed = readCookies(request).get(jar.nameOf(cookieName(id)));
      const login = sealed === undefined ? undefined : shape.safeParse(sealer.open(sealed)).data;
      return login?.id === id ? { ...login, endsAtMs } : 'elsewhere';
    },
    clear(request, keep = 0) {
      const prefix = jar.nameOf(`${name}-login-`);
      const ids = [...readCookies(request).keys()]
        .filter((one) => one.startsWith(prefix))
        .map((one) => one.slice(prefix.length))
        .filter((id) => /^[0-9a-f]{16}$/.test(id))
        .sort();
      return ids.slice(0, Math.max(0, ids.length - keep)).map((id) => jar.clear(cookieName(id)));
    },
  };
}
