import type { StoredPushRecord } from '../push-record/codec.js';
import { encodeRecord } from '../push-record/codec.js';
import { firstRecord } from '../push-record/push-record.js';
import type { QuotaGrant } from './send-quota-store.js';

/**
 * A record in its stored form. Stores swap it whole and read only its owner; `src/push-record` gives it its meaning.
 */
export type PushRecord = StoredPushRecord;

/** A record as stored. `rev` rises by one with every swap. */
export interface StoredRecord {
  readonly rev: number;
  readonly record: PushRecord;
}

/** Returns the record that a claim stores if there is none. */
export const claimedRecord = (owner: string): StoredRecord => ({
  rev: 1,
  record: encodeRecord(firstRecord(owner)),
});

/** A record as copied from one store to another. */
export interface StoredRecordCopy {
  readonly key: string;
  readonly stored: StoredRecord;
  readonly expiresAtMs: number;
  /** Its lane or mailbox entry. */
  readonly sender?: LanePlacement;
}

export interface ClaimRequest {
  /** AppID and push id, as made by `recordRef`. */
  readonly key: string;
  /** The claiming process. */
  readonly owner: string;
  readonly nowMs: number;
  /** TTL of the record unless it is changed again. */
  readonly ttlMs: number;
  /**
   * Plaintext mode: the push for which a signature is used. Another `fingerprint` under the same `key` is a replay.
   * Checked and stored in the same step as the claim.
   */
  readonly replayGuard?: { readonly key: string; readonly fingerprint: string };
  /**
   * AppID and OpenID of the sender, as made by `senderKey`. A new record enters the sender's lane behind all others; a
   * known one keeps its place. Absent: no lane.
   */
  readonly sender?: string;
  /** The send quota that the push grants, stored if the record is new. Only with `sender`. */
  readonly grantsQuota?: QuotaGrant;
  /** The push revokes the send quota: the sender unfollowed. Only with `sender`. */
  readonly revokesQuota?: true;
  /** Counts this attempt. Only accounts that hold attempts need the count; the others save its cost. */
  readonly countAttempts?: true;
  /** Returns the sender's mailbox entries. Only with `sender`. */
  readonly readMailbox?: true;
}

/** Results of a claim that the request asked for. */
export interface ClaimExtras {
  /** The number of this attempt, from 1, and the arrival of the first. */
  readonly attempts?: { readonly count: number; readonly sinceMs: number };
  /**
   * The oldest records in the sender's mailbox, in the order of their pushes, at most `MAX_MAILBOX_READ` of them;
   * absent: none.
   */
  readonly mailbox?: readonly MailboxEntry[];
}

/** A record whose answer is in the sender's mailbox. */
export interface MailboxEntry {
  readonly key: string;
  readonly stored: StoredRecord;
}

/** Most mailbox entries that one claim reads: more do not fit into one reply. */
export const MAX_MAILBOX_READ = 16;

export type ClaimResult =
  /** The record is new and ours: running, fence 1, attempt 1, rev 1. */
  | ({ readonly type: 'claimed'; readonly stored: StoredRecord } & ClaimExtras)
  /** The push is claimed already. `body` is the stored passive reply, if any. */
  | ({
      readonly type: 'known';
      readonly stored: StoredRecord;
      readonly ownerAlive: boolean;
      readonly body?: string;
    } & ClaimExtras)
  /** The signature was used for another push. Nothing was claimed. */
  | { readonly type: 'replayed' };

/** The place of a record for its sender. */
export type Place =
  /** In the lane: unfinished pushes, in their order of arrival. */
  | 'lane'
  /** In the mailbox: answers that wait for the next message. The rank stays the same. */
  | 'mailbox'
  /** In neither: the work is over. */
  | 'none';

/** A place for a sender. `key`: as made by `senderKey`. */
export interface LanePlacement {
  readonly key: string;
  readonly place: Place;
  /** Arrival of the push, which ranks a record without a rank. Absent: behind all. */
  readonly sinceMs?: number;
}

/** An older lane entry delays no later one: the sender's next new push removes it. */
export const LANE_ENTRY_TTL_MS = 3_600_000;

export interface SwapRequest {
  readonly key: string;
  /** The `rev` that the stored record must have; otherwise the swap fails. */
  readonly rev: number;
  /** The new record. A record is never removed: see `releaseRun` in `src/push-record/transitions.ts`. */
  readonly next: PushRecord;
  readonly nowMs: number;
  readonly ttlMs: number;
  /** The passive reply to store, as inner XML, and its TTL. */
  readonly body?: { readonly xml: string; readonly ttlMs: number };
  /**
   * True: resolves only once the change would survive a crash of this process and of the store's.
   * False: resolves as soon as every reader of the store sees it.
   */
  readonly durable: boolean;
  /** The new place of the record for its sender. Absent: the place does not change. */
  readonly sender?: LanePlacement;
  /** Records that change in the same step, durably if this one does. If one of them cannot change, none does. */
  readonly linked?: readonly LinkedSwap[];
}

/** A change of another record in the same step as the main one. */
export interface LinkedSwap {
  readonly key: string;
  readonly rev: number;
  readonly next: PushRecord;
  readonly ttlMs: number;
  readonly sender?: LanePlacement;
}

export type SwapResult =
  | {
      readonly swapped: true;
      readonly stored: StoredRecord;
      /** Key of the record right behind this one in the lane, if this change left the lane. */
      readonly next?: string;
    }
  /**
   * The swap failed; `stored` is the present record, if any. `linkedConflict`: one of `linked`, not this record, caused
   * it.
   */
  | { readonly swapped: false; readonly stored: StoredRecord | undefined; readonly linkedConflict?: true };

/** Stores the records of pushes, the lanes and mailboxes of their senders, and the heartbeats of their owners. */
export interface RecordStore {
  claim(request: ClaimRequest): Promise<ClaimResult>;
  /** Compare-and-swap on the whole record. */
  swap(request: SwapRequest): Promise<SwapResult>;
  /** Reads a record, whether its owner is alive, and the stored reply, if any. */
  read(
    key: string,
    nowMs: number,
  ): Promise<{ stored: StoredRecord; ownerAlive: boolean; body?: string } | undefined>;
  /**
   * Reads the record right ahead of this one in the sender's lane, and its arrival. `undefined`: none, or not in the
   * lane.
   */
  predecessor(
    sender: string,
    key: string,
    nowMs: number,
  ): Promise<{ readonly key: string; readonly sinceMs: number } | undefined>;
  /** Declares an owner alive until `untilMs`. An owner without a current heartbeat is dead. */
  heartbeat(owner: string, untilMs: number): Promise<void>;
}
