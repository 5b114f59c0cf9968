import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Sealer } from '../crypto/sealer.js';
import type { Clock } from '../ports/clock.js';
import { readCookies, type CookieJar } from './cookies.js';

const shape = z.object({
  openId: z.string(),
  unionId: z.string().exactOptional(),
  /** The scope that the user granted: `snsapi_base` or `snsapi_userinfo`. */
  scope: z.string(),
  /** True for a virtual user of the snapshot page mode (快照页), whose ids belong to no real user. */
  isSnapshotUser: z.boolean(),
  endsAtMs: z.number(),
});

/**
 * Identity of the browser's user.
 *
 * @example
 * const whose = (session: WebSession) => session.openId;
 */
export type WebSession = Readonly<z.infer<typeof shape>>;

/** Keeps sessions in a sealed cookie: it needs no store, and only this server can read or make one. */
export interface SessionCookie {
  /** Returns the `Set-Cookie` line that begins the session. */
  begin(user: Omit<WebSession, 'endsAtMs'>): string;
  read(request: Pick<IncomingMessage, 'headers'>): WebSession | undefined;
  end(): string;
}

export function createSessionCookie(deps: {
  /** Name of the cookie, different for each account on a site. */
  readonly name: string;
  readonly sealer: Sealer;
  readonly jar: CookieJar;
  readonly clock: Clock;
  readonly lifetimeMs: number;
}): SessionCookie {
  const { name, sealer, jar, clock, lifetimeMs } = deps;
  return {
    begin(user) {
      return jar.set(name, sealer.seal({ ...user, endsAtMs: clock.now() + lifetimeMs }), lifetimeMs);
    },
    read(request) {
      const sealed = readCookies(request).get(jar.nameOf(name));
      const session = sealed === undefined ? undefined : shape.safeParse(sealer.open(sealed)).data;
      // A browser may keep a cookie longer than its Max-Age.
      return session !== undefined && session.endsAtMs > clock.now() ? session : undefined;
    },
    end: () => jar.clear(name),
  };
}
