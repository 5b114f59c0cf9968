import { z } from 'zod';
import type { Clock } from '../ports/clock.js';
import { StoreUnavailable, type StateStore } from '../ports/state-store.js';
import { adviceFor, ERRCODES, type ErrorClass } from '../protocol/errcodes.js';
import { ApiRefused } from './api-error.js';
import type { SharedCredential } from './credential.js';
import { isFutureWithin } from './clock-skew.js';
import { withGiven } from './given-tokens.js';

const errorClasses = [...new Set(Array.from(ERRCODES.values(), (facts) => facts.class))];

const refusalSchema = z.object({
  endpoint: z.string(),
  errcode: z.number(),
  text: z.string(),
  advice: z.string(),
  /** Absent in records of older versions. */
  adviceZh: z.string().exactOptional(),
  errmsg: z.string().exactOptional(),
  rid: z.string().exactOptional(),
  errorClass: z.custom<ErrorClass>((value) => errorClasses.some((known) => known === value)),
  /** Digest of the AppSecret of that fetch; absent if it used none. */
  secretDigest: z.string().exactOptional(),
});

const recordSchema = z.object({
  /** Rises with every lock. Never below the clock, so that it still rises after the store lost everything. */
  fence: z.number(),
  /** The process that fetches the next credential, and the end of its lease. */
  lock: z.object({ owner: z.string(), untilMs: z.number() }).exactOptional(),
  current: z
    .object({
      value: z.string().min(1),
      expiresAtMs: z.number(),
      /** Fence of the lease under which it was fetched. */
      fence: z.number(),
      replacedAtMs: z.number().exactOptional(),
      /** WeChat refused this credential. It stays until it expires, so that the process that fetches the next one knows which one failed. */
      rejected: z.literal(true).exactOptional(),
    })
    .exactOptional(),
  /** Digests of those that were given out within a day, and when each came. */
  given: z
    .array(z.tuple([z.string(), z.number()]).readonly())
    .readonly()
    .exactOptional(),
  /** Credentials that became invalid early without our doing: how often within a day, and when last. */
  superseded: z.object({ times: z.number(), lastAtMs: z.number() }).exactOptional(),
  /** WeChat's refusal of the last fetch, and the number of refusals in a row. No process fetches before its end. */
  refusal: z.object({ untilMs: z.number(), times: z.number(), ...refusalSchema.shape }).exactOptional(),
});

/**
 * The state of one credential that all processes on a store share: a single value, changed by compare and set only. So a
 * writer knows that the lock is still its own, and a holder whose lock has expired cannot overwrite a newer credential.
 */
export type CredentialRecord = z.infer<typeof recordSchema>;

/** The right to write the next credential, until another process takes a later lease. */
export interface Lease {
  readonly owner: string;
  readonly fence: number;
  readonly untilMs: number;
  /** The record at the time at which the lease was taken. */
  readonly record: CredentialRecord;
}

export type NotedRefusal = NonNullable<CredentialRecord['refusal']>;

/** Every method may throw StoreUnavailable. */
export interface CredentialRecords {
  read(): Promise<CredentialRecord>;
  /** Takes the lease for one of all processes, until it publishes, releases, or expires. */
  lock(owner: string): Promise<Lease | undefined>;
  /** Stores the credential and ends the lease. False if the lease was lost: nothing was written. */
  publish(lease: Lease, next: SharedCredential): Promise<boolean>;
  /** Ends the lease. Stores WeChat's refusal if other processes would get the same one. */
  release(lease: Lease, refusal?: NotedRefusal): Promise<void>;
  /** Changes the stored record; `undefined` leaves it. Resolves with the record as it is then. */
  update(change: (record: CredentialRecord) => CredentialRecord | undefined): Promise<CredentialRecord>;
}

const NOTHING: CredentialRecord = { fence: 0 };
const RECORD_TTL_MS = 86_400_000;
/** Each lost round was won by another process; more rounds are not contention but a fault. */
const MAX_ROUNDS = 1_000;

export function createCredentialRecords(deps: {
  readonly store: StateStore;
  readonly clock: Clock;
  /** Name of the stored value: account, kind, channel or type. */
  readonly name: string;
  readonly lockMs: number;
  /** True: the record says which credentials were given out. */
  readonly keepsGiven?: boolean;
}): CredentialRecords {
  const { store, clock, name, lockMs, keepsGiven = false } = deps;

  async function tryToAmend(
    change: (record: CredentialRecord) => CredentialRecord | undefined,
  ): Promise<{ readonly record: CredentialRecord; readonly changed: boolean }> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const raw = await store.get(name, clock.now());
      const record = readRecord(raw);
      const next = change(record);
      if (next === undefined) return { record, changed: false };
      const nowMs = clock.now();
      const ttlMs = Math.max(RECORD_TTL_MS, (next.current?.expiresAtMs ?? 0) - nowMs);
      if (await store.compareAndSet({ name, expected: raw, next: JSON.stringify(next), nowMs, ttlMs }))
        return { record: next, changed: true };
    }
    throw new StoreUnavailable(`${name} could not be changed in ${MAX_ROUNDS} rounds`);
  }

  /** True if the lease is valid, even if the store lost it, as long as no other process can have taken one. */
  function holds(record: CredentialRecord, lease: Lease): boolean {
    if (record.fence === 0) return clock.now() < lease.untilMs;
    return record.fence === lease.fence && record.lock?.owner === lease.owner;
  }

  return {
    async read() {
      return readRecord(await store.get(name, clock.now()));
    },
    async lock(owner) {
      const { record, changed } = await tryToAmend((standing) => {
        const nowMs = clock.now();
        if (standing.lock !== undefined && isFutureWithin(standing.lock.untilMs, nowMs, lockMs))
          return undefined;
        const fence = Math.max(nowMs, standing.fence + 1);
        return { ...standing, fence, lock: { owner, untilMs: nowMs + lockMs } };
      });
      const { fence, lock } = record;
      return changed && lock !== undefined ? { owner, fence, untilMs: lock.untilMs, record } : undefined;
    },
    async publish(lease, next) {
      const { changed } = await tryToAmend((standing) => {
        if (!holds(standing, lease)) return undefined;
        const { superseded, given = [] } = standing;
        return {
          fence: lease.fence,
          current: next,
          ...(superseded !== undefined && { superseded }),
          ...(keepsGiven && { given: withGiven(given, next.value, clock.now()) }),
        };
      });
      return changed;
    },
    async release(lease, refusal) {
      await tryToAmend((standing) => {
        if (!holds(standing, lease)) return undefined;
        const { lock: _ended, ...rest } = standing;
        return refusal === undefined ? rest : { ...rest, refusal };
      });
    },
    async update(change) {
      return (await tryToAmend(change)).record;
    },
  };
}

/** Converts WeChat's refusal to its stored form, for other processes. */
export function toNoted(
  error: ApiRefused,
  noted: Pick<NotedRefusal, 'times' | 'untilMs'> & { readonly secretDigest: string | undefined },
): NotedRefusal {
  const { endpoint, errcode, text, errmsg, rid, errorClass } = error;
  const { secretDigest, ...when } = noted;
  return {
    ...when,
    ...(secretDigest !== undefined && { secretDigest }),
    ...(rid !== undefined && { rid }),
    endpoint,
    errcode,
    text,
    errmsg,
    advice: error.adviceIn('en'),
    adviceZh: error.adviceIn('zh'),
    errorClass,
  };
}

/** Restores the error of a stored refusal. */
export function toRefused({ endpoint, advice, adviceZh, ...refusal }: NotedRefusal): ApiRefused {
  const zh = adviceZh ?? adviceFor(refusal.errcode).zh;
  return new ApiRefused(endpoint, { ...refusal, advice: { en: advice, zh } });
}

/** Parses a record. An unreadable one counts as absent and is overwritten. */
function readRecord(raw: string | undefined): CredentialRecord {
  if (raw === undefined) return NOTHING;
  try {
    return recordSchema.safeParse(JSON.parse(raw)).data ?? NOTHING;
  } catch {
    return NOTHING;
  }
}
