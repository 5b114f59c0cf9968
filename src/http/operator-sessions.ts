import { randomBytes, scryptSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { createSealer, type Sealer } from '../crypto/sealer.js';
import type { Clock } from '../ports/clock.js';
import { createCookieJar, readCookies, type CookieJar } from './cookies.js';

const SESSION_MS = 8 * 3_600_000;
const NAME = 'wechat-callback-operator';
/** Limit of remembered sessions that were ended early; beyond it the oldest are forgotten. */
const MAX_ENDED = 1_000;

const shape = z.object({ id: z.string(), endsAtMs: z.number() });

/** The session of an operator whose browser sent the key. */
export type OperatorSession = Readonly<z.infer<typeof shape>>;

/** Keeps the sessions of the operator's page in sealed cookies, so that a restart ends none (docs/decisions/0042). */
export interface OperatorSessions {
  /** Returns the `Set-Cookie` line that begins a session of eight hours. */
  begin(request: Pick<IncomingMessage, 'headers'>): string;
  read(request: Pick<IncomingMessage, 'headers'>): OperatorSession | undefined;
  /** Returns the `Set-Cookie` line that ends the session. This process refuses its cookie from then on. */
  end(request: Pick<IncomingMessage, 'headers'>): string;
}

/** In: `key`: the admin key. A change of the key ends all sessions. */
export function createOperatorSessions(key: string, clock: Clock): OperatorSessions {
  const ended = new Set<string>();
  const plain = createCookieJar({ secure: false, sameSite: 'strict' });
  const secure = createCookieJar({ secure: true, sameSite: 'strict' });
  let made: Sealer | undefined;
  /** Derives the key slowly, and once: a stolen cookie must not allow a fast search for the key. */
  const sealer = (): Sealer =>
    (made ??= createSealer(
      scryptSync(key, 'wechat-callback-server', 32).toString('base64'),
      'operator session',
    ));

  function read({ headers }: Pick<IncomingMessage, 'headers'>): OperatorSession | undefined {
    const cookies = readCookies({ headers });
    const sealed = cookies.get(secure.nameOf(NAME)) ?? cookies.get(plain.nameOf(NAME));
    const session = sealed === undefined ? undefined : shape.safeParse(sealer().open(sealed)).data;
    return session !== undefined && session.endsAtMs > clock.now() && !ended.has(session.id)
      ? session
      : undefined;
  }

  return {
    begin(request) {
      const session = { id: randomBytes(16).toString('base64url'), endsAtMs: clock.now() + SESSION_MS };
      return jarFor(request).set(NAME, sealer().seal(session), SESSION_MS);
    },
    read,
    end(request) {
      const session = read(request);
      if (session !== undefined) ended.add(session.id);
      for (const oldest of ended) {
        if (ended.size <= MAX_ENDED) break;
        ended.delete(oldest);
      }
      return jarFor(request).clear(NAME);
    },
  };

  /** This listener uses plain HTTP; the origin of the page tells whether a proxy in front uses https. */
  function jarFor({ headers }: Pick<IncomingMessage, 'headers'>): CookieJar {
    return headers.origin?.startsWith('https://') === true ? secure : plain;
  }
}
