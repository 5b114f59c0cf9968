import { randomUUID } from 'node:crypto';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import { sleep } from '../ports/sleep.js';
import { StoreUnavailable } from '../ports/state-store.js';
import { ApiRefused, TokenAwaited } from './api-error.js';
import type { AppSecret } from './app-secret.js';
import {
  toNoted,
  toRefused,
  type CredentialRecord,
  type CredentialRecords,
  type Lease,
  type NotedRefusal,
} from './credential-record.js';
import { backoffMs } from './fetch-backoff.js';
import {
  isFreshReplacement,
  type Credential,
  type CredentialRequest,
  type CredentialSource,
  type SharedCredential,
} from './credential.js';
import { isFutureWithin } from './clock-skew.js';

const POLL_MS = 100;
const MAX_WAIT_MS = 5_000;
const DAY_MS = 86_400_000;

/**
 * Creates the source of processes that share a store: one of them fetches, the others use its result. While the store
 * is unavailable, each process fetches for itself.
 */
export function createSharedSource(deps: {
  readonly records: CredentialRecords;
  /** The AppSecret that the fetch uses, if known. */
  readonly secret?: AppSecret | undefined;
  /** Throws if there is no secret to fetch with. */
  readonly assertCanFetch: () => void;
  /** Fetches a credential. `replaces`: the one that WeChat refused. */
  readonly fetch: (how: {
    readonly replaces: string | undefined;
    readonly forced: boolean;
  }) => Promise<Credential>;
  /** Called if WeChat refused a credential early and no process of ours had fetched another. `times`: within a day. */
  readonly onSupersededExternally: (times: number, leftMs: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly what: string;
  readonly fields: object;
}): CredentialSource {
  const { records, secret, assertCanFetch, fetch, onSupersededExternally, clock, log, what, fields } = deps;

  async function obtainShared(request: CredentialRequest): Promise<SharedCredential> {
    const owner = randomUUID();
    for (let waitedMs = 0; ; waitedMs += POLL_MS) {
      const record = await records.read();
      const theirs = usable(record, request);
      if (theirs !== undefined) return theirs;
      if (request.backoff !== undefined) throw request.backoff.error;
      if (isBackoffActive(record.refusal, request)) throw toRefused(record.refusal);
      assertCanFetch();
      const lease = await records.lock(owner);
      if (lease !== undefined) {
        const got = await fetchUnderLease(lease, request);
        if (got !== undefined) return got;
        // The lease was lost: another process has the credential, or soon will.
      }
      if (waitedMs >= MAX_WAIT_MS) throw new TokenAwaited(waitedMs);
      await sleep(clock, POLL_MS);
    }
  }

  /** Returns `undefined` if the lease was lost meanwhile: the store then has a newer credential. */
  async function fetchUnderLease(
    lease: Lease,
    request: CredentialRequest,
  ): Promise<SharedCredential | undefined> {
    const { record } = lease;
    // The previous holder of the lease may have stored a credential, or a refusal.
    const theirs = usable(record, request);
    if (theirs !== undefined || isBackoffActive(record.refusal, request)) {
      await records.release(lease).catch(() => {}); // it expires by itself
      return theirs;
    }
    const secretDigest = secret?.digest;
    let mine: SharedCredential;
    try {
      const { current } = record;
      mine = await fetchNext(request, lease.fence, current?.rejected === true ? current.value : undefined);
    } catch (error) {
      await records.release(lease, shareableRefusal(error, secretDigest, record.refusal)).catch(() => {});
      throw error;
    }
    try {
      return (await records.publish(lease, mine)) ? mine : undefined;
    } catch (error) {
      log.warn({ ...fields, err: error }, `store unavailable: the ${what} is not shared`);
      return mine;
    }
  }

  async function fetchNext(
    { failed, mode }: CredentialRequest,
    fence: number,
    refused?: string,
  ): Promise<SharedCredential> {
    const replaces = refused ?? failed;
    const { value, expiresAtMs } = await fetch({ replaces, forced: mode === 'forced' });
    return { value, expiresAtMs, fence, ...(replaces !== undefined && { replacedAtMs: clock.now() }) };
  }

  function usable(record: CredentialRecord, request: CredentialRequest): SharedCredential | undefined {
    const { current } = record;
    if (request.mode !== 'due' || !isGood(current)) return undefined;
    return current.fence > request.after && current.value !== request.failed ? current : undefined;
  }

  function isGood(current: CredentialRecord['current']): current is SharedCredential {
    return current !== undefined && current.rejected !== true && current.expiresAtMs > clock.now();
  }

  function isBackoffActive(
    refusal: NotedRefusal | undefined,
    { mode }: CredentialRequest,
  ): refusal is NotedRefusal {
    if (refusal === undefined || mode !== 'due' || refusal.secretDigest !== secret?.digest) return false;
    return isFutureWithin(refusal.untilMs, clock.now(), backoffMs(toRefused(refusal), refusal.times));
  }

  /** Returns WeChat's refusal, unless it concerns only the address of this machine. */
  function shareableRefusal(
    error: unknown,
    secretDigest: string | undefined,
    before: NotedRefusal | undefined,
  ): NotedRefusal | undefined {
    if (!(error instanceof ApiRefused) || ABOUT_THE_ADDRESS.has(error.errcode)) return undefined;
    const times = before?.secretDigest === secretDigest ? (before?.times ?? 0) + 1 : 1;
    return toNoted(error, { times, untilMs: clock.now() + backoffMs(error, times), secretDigest });
  }

  return {
    secretDigest: () => secret?.digest,

    async peek() {
      const current = await records.read().then(
        (record) => record.current,
        () => undefined,
      );
      return isGood(current) ? current : undefined;
    },

    async obtain(request) {
      try {
        return await obtainShared(request);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        if (request.backoff !== undefined) throw request.backoff.error;
        assertCanFetch();
        log.warn({ ...fields, err: error }, `store unavailable: this process fetches the ${what} for itself`);
        return fetchNext(request, Math.max(clock.now(), request.after + 1));
      }
    },

    async reject(value, errcode) {
      let superseded: { times: number; leftMs: number } | undefined;
      try {
        const { current } = await records.update((record) => {
          superseded = undefined;
          const standing = record.current;
          const nowMs = clock.now();
          if (standing?.value !== value || standing.rejected === true) return undefined;
          if (isFreshReplacement(standing, nowMs)) return undefined;
          const next = { ...record, current: { ...standing, rejected: true as const } };
          const leftMs = standing.expiresAtMs - nowMs;
          if (leftMs <= 0 || (errcode !== undefined && errcode !== SUPERSEDED)) return next;
          const before = record.superseded;
          const times = before !== undefined && nowMs - before.lastAtMs < DAY_MS ? before.times + 1 : 1;
          superseded = { times, leftMs };
          return { ...next, superseded: { times, lastAtMs: nowMs } };
        });
        if (superseded !== undefined) onSupersededExternally(superseded.times, superseded.leftMs);
        return current?.value === value && isGood(current) ? current : undefined;
      } catch (error) {
        log.warn(
          { ...fields, err: error },
          `store unavailable: the refused ${what} is not marked for other processes`,
        );
        return undefined;
      }
    },
  };
}

/** `access_token is invalid or not latest`; other codes mean that it expired or never existed. */
const SUPERSEDED = 40001;
/** Errcodes about the address: machines with other addresses may be allowed. */
const ABOUT_THE_ADDRESS = new Set([40164, 45035, 61004, 89501, 89502, 89503, 89506, 89507]);
