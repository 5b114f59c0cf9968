import { z } from 'zod';
import type { Clock } from '../ports/clock.js';
import { StoreUnavailable, type StateStore } from '../ports/state-store.js';
import { ERRCODES, type ErrorClass } from '../protocol/errcodes.js';
import { ApiRefused } from './api-error.js';
import type { SharedCredential } from './credential.js';
import { isFutureWithin } from './clock-skew.js';

const errorClasses = [...new Set(Array.from(ERRCODES.values(), (facts) => facts.class))];

const refusalSchema = z.object({
  endpoint: z.string(),
  errcode: z.number(),
  text: z.string(),
  advice: z.string(),
  rid: z.string().exactOptional(),
  errorClass: z.custom<ErrorClass>((value) => errorClasses.some((known) => known === value)),
  /** Digest of the AppSecret that it speaks of; absent where none was used. */
  secretDigest: z.string().exactOptional(),
});

const recordSchema = z.object({
  /** Rises with every lock. Never behind the clock, so that it goes on rising where the store forgot everything. */
  fence: z.number(),
  /** Who fetches the next one, and until when that is believed. */
  lock: z.object({ owner: z.string(), untilMs: z.number() }).exactOptional(),
  current: z
    .object({
      value: z.string().min(1),
      expiresAtMs: z.number(),
      /** Of the lease under which it was fetched. */
      fence: z.number(),
      replacedAtMs: z.number().exactOptional(),
      /** WeChat refused it. It stays until its end, so that whoever replaces it knows which one failed. */
      rejected: z.literal(true).exactOptional(),
    })
    .exactOptional(),
  /** Refused before their end without our doing: how often within a day, and when last. */
  superseded: z.object({ times: z.number(), lastAtMs: z.number() }).exactOptional(),
  /** WeChat's no to the last fetch, the so many-th in a row: nobody asks again until then. */
  refusal: z.object({ untilMs: z.number(), times: z.number(), ...refusalSchema.shape }).exactOptional(),
});

/**
 * All that the processes on a store share about one credential: a single fact, changed by comparison only. So whoever
 * writes knows that the lock is still its own, and a holder that slept past its lock cannot overwrite what came after.
 */
export type CredentialRecord = z.infer<typeof recordSchema>;

/** The right to write the next credential, for as long as nobody took a later one. */
export interface Lease {
  readonly owner: string;
  readonly fence: number;
  readonly untilMs: number;
  /** What stood there when it was taken. */
  readonly record: CredentialRecord;
}

export type NotedRefusal = NonNullable<CredentialRecord['refusal']>;

/** Every method may throw StoreUnavailable. */
export interface CredentialRecords {
  read(): Promise<CredentialRecord>;
  /** For one of all processes, until it publishes or releases, or its time is up. */
  lock(owner: string): Promise<Lease | undefined>;
  /** Puts the credential in and ends the lease. False when the lease was lost: nothing was written. */
  publish(lease: Lease, next: SharedCredential): Promise<boolean>;
  /** Ends the lease, with WeChat's no where others would hear it too. */
  release(lease: Lease, refusal?: NotedRefusal): Promise<void>;
  /** Changes what stands there; `undefined` leaves it. Resolves with what stands there now. */
  update(change: (record: CredentialRecord) => CredentialRecord | undefined): Promise<CredentialRecord>;
}

const NOTHING: CredentialRecord = { fence: 0 };
const RECORD_TTL_MS = 86_400_000;
/** Every round that is lost was won by somebody else; more than this is not contention. */
const MAX_ROUNDS = 1_000;

export function createCredentialRecords(deps: {
  readonly store: StateStore;
  readonly clock: Clock;
  /** Of the fact: account, kind, channel or type. */
  readonly name: string;
  readonly lockMs: number;
}): CredentialRecords {
  const { store, clock, name, lockMs } = deps;

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

  /** Also where the store lost it, as long as nobody else can have taken one meanwhile. */
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
        const { superseded } = standing;
        return { fence: lease.fence, current: next, ...(superseded !== undefined && { superseded }) };
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

/** WeChat's no, to be kept, so that other processes hear it from the record. */
export function toNoted(
  error: ApiRefused,
  noted: Pick<NotedRefusal, 'times' | 'untilMs'> & { readonly secretDigest: string | undefined },
): NotedRefusal {
  const { endpoint, errcode, text, advice, rid, errorClass } = error;
  const { secretDigest, ...when } = noted;
  return {
    ...when,
    ...(secretDigest !== undefined && { secretDigest }),
    ...(rid !== undefined && { rid }),
    endpoint,
    errcode,
    text,
    advice,
    errorClass,
  };
}

/** The error that it was. */
export function toRefused({ endpoint, ...refusal }: NotedRefusal): ApiRefused {
  return new ApiRefused(endpoint, refusal);
}

/** What cannot be read counts as absent and is written over. */
function readRecord(raw: string | undefined): CredentialRecord {
  if (raw === undefined) return NOTHING;
  try {
    return recordSchema.safeParse(JSON.parse(raw)).data ?? NOTHING;
  } catch {
    return NOTHING;
  }
}
