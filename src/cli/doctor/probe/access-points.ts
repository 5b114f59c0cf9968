import { probe } from '../../../api/access-points/probe.js';
import type { HttpClient } from '../../../ports/http-client.js';
import type { Clock } from '../../../ports/clock.js';

export interface AccessPointFact {
  readonly host: string;
  readonly ms?: number;
  /** Lead of the host's clock over ours, by its `Date`; to the second. */
  readonly aheadMs?: number;
  /** Reason of a missing answer. */
  readonly error?: string;
}

/** `Date` has whole seconds: on average half a second is missing. */
const HALF_SECOND_MS = 500;

/** Makes a minimal request to each of WeChat's hosts. */
export function probeAccessPoints(
  urls: readonly string[],
  deps: { readonly http: HttpClient; readonly clock: Clock },
): Promise<readonly AccessPointFact[]> {
  return Promise.all(
    urls.map(async (url) => {
      const host = hostOf(url);
      const found = await probe(url, deps);
      if (!found.ok) return { host, error: found.why.replace(/^\S+: /, '') };
      const { ms, dateMs } = found;
      const aheadMs =
        dateMs === undefined ? undefined : dateMs + HALF_SECOND_MS - (deps.clock.now() - ms / 2);
      return { host, ms, ...(aheadMs !== undefined && { aheadMs }) };
    }),
  );
}

/** Returns host and path of a URL: the access points of the sandbox differ only in the path. */
const hostOf = (url: string): string => url.replace(/^https?:\/\//, '');
