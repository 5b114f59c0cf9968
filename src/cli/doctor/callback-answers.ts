import type { AccountConfig } from '../../config/config.js';
import { usable, type Facts } from './facts.js';
import type { Heard, Probe } from './probe/play-wechat.js';
import type { RunningAccount, RunningServer } from './probe/running-server.js';

export type HeardAnswer = Extract<Heard, { type: 'answer' }>;

/** Response to a probe; undefined if it was not sent or not answered. */
export const answerOf = (probe: Probe | undefined): HeardAnswer | undefined =>
  probe?.heard.type === 'answer' ? probe.heard : undefined;

/** True if the response looks like a refusal of our server. */
export const isRefusal = (probe: Probe | undefined): boolean => {
  const answer = answerOf(probe);
  return answer?.status === 403 && answer.text === '';
};

export function runningServer({ listener }: Facts): RunningServer | undefined {
  return typeof listener?.admin === 'object' ? listener.admin : undefined;
}

/** Reason why the running server refused a probe. `undefined`: it did not refuse, or another server got the probe. */
export const reasonOf = (facts: Facts, probe: Probe | undefined): string | undefined =>
  probe === undefined ? undefined : runningServer(facts)?.probes[probe.nonce];

/** True if the server just got a request without a signature: a proxy dropped our query. */
export function lostQuery(facts: Facts): boolean {
  const { callback } = facts;
  if (callback === undefined || !isRefusal(callback.handshake)) return false;
  if (reasonOf(facts, callback.handshake) !== undefined) return false;
  const refusals = runningServer(facts)?.refusals ?? [];
  return refusals.some(
    ({ reason, signed, lastAtMs }) =>
      reason === 'signature_missing' && !signed && lastAtMs >= callback.startedAtMs,
  );
}

/** Finds the account of the running server for this configuration: by AppID, else by path, else the only one. */
export function runningAccount(facts: Facts): RunningAccount | undefined {
  const account = usable(facts)?.account;
  const accounts = runningServer(facts)?.accounts ?? [];
  if (account === undefined) return undefined;
  return (
    accounts.find(({ appId }) => appId === account.appId) ??
    accounts.find(({ path }) => path === account.path) ??
    (accounts.length === 1 ? accounts[0] : undefined)
  );
}

const RECENT_MS = 30 * 60_000;

/**
 * Returns the one of `reasons` for which signed requests were refused within the last half hour, if no request was
 * accepted since. The console then differs from the server, even if the probes of `doctor` succeed.
 */
export function refusedOfLate(
  facts: Facts,
  account: AccountConfig,
  reasons: readonly string[],
  nowMs: number,
): { readonly reason: string; readonly count: number; readonly remote: string } | undefined {
  const acceptedAtMs = Date.parse(runningAccount(facts)?.lastAcceptedAt ?? '') || 0;
  const found = runningServer(facts)?.refusals.find(
    ({ account: name, reason, signed, lastAtMs }) =>
      (name === account.name || name === '') &&
      signed &&
      reasons.includes(reason) &&
      lastAtMs > acceptedAtMs &&
      nowMs - lastAtMs < RECENT_MS,
  );
  return found && { reason: found.reason, count: found.count, remote: found.remote ?? '' };
}
