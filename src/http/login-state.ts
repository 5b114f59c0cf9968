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

/** A login that was begun in this browser and is not over. */
export interface PendingLogin {
  readonly id: string;
  readonly returnTo: string;
  readonly scope: OAuthScope;
  /** It was begun because another one failed: it is not begun a third time. */
  readonly isSecondTry: boolean;
  readonly endsAtMs: number;
}

/**
 * The `state` of logins: signed, so that no other is looked at; bound by a cookie to the browser where it began, so that
 * nobody can hand his own login to another; and short-lived. That it works once is the store's part.
 *
 * It is 104 letters and digits: eight of the second in which it was made and 32 of chance, which together are the
 * login's id, then the signature over both.
 */
export interface LoginStates {
  begin(login: Pick<PendingLogin, 'returnTo' | 'scope' | 'isSecondTry'>): {
    readonly state: string;
    readonly cookie: string;
  };
  /** `forged`: not made here. `over`: too old. `elsewhere`: begun in another browser, or its cookie is lost. */
  read(
    request: Pick<IncomingMessage, 'headers'>,
    state: string,
  ): PendingLogin | 'forged' | 'over' | 'elsewhere';
  /** `Set-Cookie` lines that clear all but the newest logins, so that a browser never brings too many along. */
  clear(request: Pick<IncomingMessage, 'headers'>, keep?: number): string[];
}

/** Time for a person to read, hesitate and consent. */
export const LOGIN_MS = 10 * 60_000;
const STATE = /^([0-9a-f]{8})([0-9a-f]{32})([0-9a-f]{64})$/;

export function createLoginStates(deps: {
  /** Keeps the logins of several accounts on one site apart. */
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
  // The time comes first in an id, so names in order are logins in order.
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
