import type { Clock } from '../../ports/clock.js';
import { HttpFailure, type HttpClient, type HttpPhases } from '../../ports/http-client.js';
import type { UnreachableKind } from '../api-error.js';

/** What one probe found. `ms` is without the look-up of the name, which says more of the resolver than of the host. */
export type ProbeResult =
  | { readonly ok: true; readonly ms: number; readonly phases?: HttpPhases }
  | { readonly ok: false; readonly kind: UnreachableKind; readonly why: string };

/** Without a token it is refused (errcode 41001) and counts against nobody's quota. */
const PATH = '/cgi-bin/getcallbackip';
const TIMING = { timeoutMs: 4_000, connectMs: 1_500 };

/**
 * Asks a host for next to nothing, over a connection of its own. Whatever it answers shows that it is there, but for a
 * status 5xx. Never rejects.
 */
export async function probe(
  base: string,
  { http, clock }: { readonly http: HttpClient; readonly clock: Clock },
): Promise<ProbeResult> {
  const startMs = clock.now();
  try {
    const { status, phases } = await http({
      method: 'GET',
      url: `${base}${PATH}`,
      newConnection: true,
      ...TIMING,
    });
    if (status >= 500) return { ok: false, kind: 'server-error', why: `HTTP ${status}` };
    if (phases === undefined) return { ok: true, ms: clock.now() - startMs };
    const { connectMs = 0, tlsMs = 0, answerMs } = phases;
    return { ok: true, ms: connectMs + tlsMs + answerMs, phases };
  } catch (error) {
    if (error instanceof HttpFailure) return { ok: false, kind: error.kind, why: error.message };
    return { ok: false, kind: 'connection-lost', why: 'failed' };
  }
}
