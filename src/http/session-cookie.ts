import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Sealer } from '../crypto/sealer.js';
import type { Clock } from '../ports/clock.js';
import { readCookies, type CookieJar } from './cookies.js';

const shape = z.object({
  openId: z.string(),
  unionId: z.string().exactOptional(),
  /** What the user granted: `snsapi_base` or `snsapi_userinfo`. */
  scope: z.string(),
  /** A stand-in of the snapshot page mode (快照页): its ids belong to nobody. */
  isSnapshotUser: z.boolean(),
  endsAtMs: z.number(),
});

/** Whose browser it is. */
export type WebSession = Readonly<z.infer<typeof shape>>;

/** Sessions that live in a cookie, sealed: no store is asked, and nobody but us can read or make one. */
export interface SessionCookie {
  /** The `Set-Cookie` line that begins the session. */
  begin(user: Omit<WebSession, 'endsAtMs'>): string;
  read(request: Pick<IncomingMessage, 'headers'>): WebSession | undefined;
  end(): string;
}

export function createSessionCookie(deps: {
  /** One for each account, and with several accounts on a site each under a name of its own. */
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
      // A browser may keep a cookie for longer than it was told to.
      return session !== undefined && session.endsAtMs > clock.now() ? session : undefined;
    },
    end: () => jar.clear(name),
  };
}
