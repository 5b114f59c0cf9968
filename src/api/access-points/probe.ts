import type { Clock } from '../../ports/clock.js';
import { HttpFailure, type HttpClient, type HttpPhases } from '../../ports/http-client.js';
import type { UnreachableKind } from '../api-error.js';

/** The result of a probe. `ms` excludes DNS, which measures the resolver, not the host. */
export type ProbeResult =
  | {
      readonly ok: true;
      readonly ms: number;
      readonly phases?: HttpPhases;
      /** Time of the host's clock, to the second. Unix ms. */
      readonly dateMs?: number;
    }
  | { readonly ok: false; readonly kind: UnreachableKind; readonly why: string };

/** Without a token the call is refused (errcode 41001) and counts against no quota. */
const PATH = '/cgi-bin/getcallbackip';
const TIMING = { timeoutMs: 4_000, connectMs: 1_500 };

/**
 * Makes a minimal request to a host over a new connection. Any answer except a status 5xx shows that it works. Never
 * rejects.
 */
export async function probe(
  base: string,
  { http, clock }: { readonly http: HttpClient; readonly clock: Clock },
): Promise<ProbeResult> {
  const startMs = clock.now();
  try {
    const { status, phases, headers } = await http({
      method: 'GET',
      url: `${base}${PATH}`,
      newConnection: true,
      ...TIMING,
    });
    if (status >= 500) return { ok: false, kind: 'server-error', why: `HTTP ${status}` };
    const date = Date.parse(headers['date'] ?? '');
    const when = Number.isNaN(date) ? {} : { dateMs: date };
    if (phases === undefined) return { ok: true, ms: clock.now() - startMs, ...when };
    const { connectMs = 0, tlsMs = 0, answerMs } = phases;
    return { ok: true, ms: connectMs + tlsMs + answerMs, phases, ...when };
  } catch (error) {
    if (error instanceof HttpFailure) return { ok: false, kind: error.kind, why: error.message };
    return { ok: false, kind: 'connection-lost', why: 'failed' };
  }
}
