import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { Json } from '../protocol/json.js';
import type { StoredPushRecord } from '../push-record/codec.js';

/** A record as stores keep it: they swap it whole, and look at its owner. `src/push-record` holds what it means. */
export type PushRecord = StoredPushRecord;

/** A record as stored. `rev` rises by one with every swap. */
export interface StoredRecord {
  readonly rev: number;
  readonly record: PushRecord;
}

export interface ClaimRequest {
  /** AppID and push id, as made by `recordRef`. */
  readonly key: string;
  /** The claiming process. */
  readonly owner: string;
  readonly nowMs: number;
  /** How long a record lives when nobody touches it again. */
  readonly ttlMs: number;
  /**
   * Plaintext mode: what the signature was first used for. Another `use` under the same `id` is a replay.
   * Checked and noted in the same step as the claim.
   */
  readonly replayGuard?: { readonly key: string; readonly fingerprint: string };
  /**
   * AppID and OpenID of the sender, as made by `senderKey`. A record that is new enters the sender's lane behind all
   * that are in it; one that is known keeps its place. Absent: no lane.
   */
  readonly sender?: string;
  /** The window that the push opens for messages to its sender, noted if the record is new. Only with `sender`. */
  readonly grantsQuota?: QuotaGrant;
  /** The push closes the window: the sender has left. Only with `sender`. */
  readonly revokesQuota?: true;
  /** Count this try. Accounts whose tries are held need it; the others are spared the cost. */
  readonly countAttempts?: true;
  /** Hand out what is kept for the sender's next message. Only with `sender`. */
  readonly readMailbox?: true;
}

/** What a claim tells where it was asked for. */
export interface ClaimExtras {
  /** This try's number, from 1, and when the first one came. */
  readonly attempts?: { readonly count: number; readonly sinceMs: number };
  /** The oldest records in the sender's mailbox, in the order of their pushes, at most `MAX_MAILBOX_READ` of them; absent: none. */
  readonly mailbox?: readonly MailboxEntry[];
}

/** A record whose answer is kept for the sender's next message. */
export interface MailboxEntry {
  readonly key: string;
  readonly stored: StoredRecord;
}

/** So many kept answers are looked at together: more do not fit into one reply. */
export const MAX_MAILBOX_READ = 16;

export type ClaimResult =
  /** The record is new and ours: running, fence 1, attempt 1, rev 1. */
  | ({ readonly type: 'claimed'; readonly stored: StoredRecord } & ClaimExtras)
  /** Somebody has it already. `body` is the remembered passive reply, if any. */
  | ({
      readonly type: 'known';
      readonly stored: StoredRecord;
      readonly ownerAlive: boolean;
      readonly body?: string;
    } & ClaimExtras)
  /** The guard was used for another push. Nothing was claimed. */
  | { readonly type: 'replayed' };

/** A rule of the platform that took effect: so many messages may be sent from then until then. */
export interface QuotaGrant {
  /** The deed's name in `src/protocol/send-windows.ts`; the allowances of different deeds do not add up. */
  readonly trigger: string;
  readonly messages: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** How many messages may still be sent to a user, and until when (0 where none may). */
export interface SendQuota {
  readonly left: number;
  readonly untilMs: number;
}

export interface QuotaChange {
  readonly sender: string;
  readonly nowMs: number;
  /**
   * spend   takes one message off every open allowance; not done where none has one left
   * refund  gives one back: the message certainly was not sent. Never beyond what was allowed at first
   * close   nothing more until a push opens it anew; openings of before do not count any more
   */
  readonly change?: 'spend' | 'refund' | 'close';
  /** What the push at hand opened. Noted first, unless the store knows of this or a later opening by the same deed. */
  readonly granted?: QuotaGrant;
}

/** Where a record stands for its sender, besides being kept. */
export type Place =
  /** Among the work under way, in the order in which the pushes came. */
  | 'lane'
  /** Among the answers that wait for the next message. It keeps its rank. */
  | 'mailbox'
  /** Nowhere: its work is over. */
  | 'none';

/** `key`: of the sender, as made by `senderKey`. */
export interface LanePlacement {
  readonly key: string;
  readonly place: Place;
  /** When its push came: the rank of a record that has none yet. Absent: behind all. */
  readonly sinceMs?: number;
}

/** What has stood in a lane for longer holds nobody up any more: the sender's next new push makes it leave. */
export const LANE_ENTRY_TTL_MS = 3_600_000;

export interface SwapRequest {
  readonly key: string;
  /** The `rev` that the stored record must have; anything else loses. */
  readonly rev: number;
  /** The new record. A record is never removed: see `releaseRun` in `src/push-record/transitions.ts`. */
  readonly next: PushRecord;
  readonly nowMs: number;
  readonly ttlMs: number;
  /** The passive reply to remember, inner XML, and for how long. */
  readonly body?: { readonly xml: string; readonly ttlMs: number };
  /**
   * True: resolves only once the change would survive a crash of this process and of the store's.
   * False: resolves as soon as every reader of the store sees it.
   */
  readonly durable: boolean;
  /** Where the record stands for its sender from now on. Absent: nothing changes there. */
  readonly sender?: LanePlacement;
  /** Records that change in the same step, durably where this one does. If one of them cannot, nothing does. */
  readonly linked?: readonly LinkedSwap[];
}

/** A change that another one carries along: `key`, the `rev` it must have, what it becomes, its sender's place for it. */
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
      /** Key of the record that stood right behind this one in the lane, which it has left with this change. */
      readonly next?: string;
    }
  /** Lost: what stands there now (`undefined`: nothing). `linkedConflict`: not this record, one of `linked` was in the way. */
  | { readonly swapped: false; readonly stored: StoredRecord | undefined; readonly linkedConflict?: true };

/** A way of a late answer: sent as messages, or kept for the next push of its user. */
export type DeliveryChannel = 'customer-service' | 'mailbox';

/** Work that ended without reaching the user, and why. Never holds more than what a person needs to decide. */
export interface DeadLetter {
  readonly id: string;
  readonly appId: string;
  readonly pushId: string;
  readonly user: string;
  readonly kind: string;
  readonly handler: string;
  /** One word of `DeadReason` in `src/pipeline/dead-letters/dead-letter.ts`. */
  readonly reason: string;
  /** What the operator should know: the failed step and what it said. Never a message text or a secret. */
  readonly detail: string;
  /** Which way the answer was going when it ended. Absent: it had not set out, or the letter is of an older version. */
  readonly channel?: DeliveryChannel;
  /** What WeChat refused it with, and the id that its support asks for. */
  readonly errcode?: number;
  readonly rid?: string;
  readonly atMs: number;
  readonly runs: number;
  /** The push as it came, so that the letter can be replayed. */
  readonly push: string;
  /** The messages that were not sent. Empty: the handler had not made any. */
  readonly messages: readonly CustomerServiceMessage[];
  /** What `later` was given and did not get done. */
  readonly task?: Json;
  /** The id of the record whose work it was. Absent: the push's. */
  readonly record?: string;
  /** It is about a part that was left out; what became of the rest is another matter. */
  readonly part?: true;
}

/**
 * State shared by all processes of one installation. Every operation is one step that happens whole or not at
 * all, takes one round trip at most, and is named after what the pipeline means by it.
 *
 * Expiry is a value compared with the caller's `nowMs`; a store's own lifetimes only sweep. So time can be moved.
 *
 * @throws StoreUnavailable  the store cannot be reached or did not answer; the operation may have happened
 */
export interface StateStore {
  claim(request: ClaimRequest): Promise<ClaimResult>;
  /** Compare-and-swap on the whole record. */
  swap(request: SwapRequest): Promise<SwapResult>;
  /** The record, whether its owner beats, and the body if it is still remembered. */
  read(
    key: string,
    nowMs: number,
  ): Promise<{ stored: StoredRecord; ownerAlive: boolean; body?: string } | undefined>;
  /** The record right ahead of this one in the sender's lane, and when it came; `undefined`: none, or not in the lane. */
  predecessor(
    sender: string,
    key: string,
    nowMs: number,
  ): Promise<{ readonly key: string; readonly sinceMs: number } | undefined>;
  /** Reads or changes the sender's send window. `changed` is false where a `spend` found nothing left. */
  sendQuota(change: QuotaChange): Promise<SendQuota & { readonly changed: boolean }>;
  /** Counts one more under `name` unless `limit` were counted within the last `perMs`. False: it was not counted. */
  tryAcquireRate(request: {
    readonly name: string;
    readonly limit: number;
    readonly perMs: number;
    readonly nowMs: number;
  }): Promise<boolean>;
  /** "I live until then." An owner whose last beat has run out is dead, and so is one that never beat. */
  heartbeat(owner: string, untilMs: number): Promise<void>;

  /** A small fact: a token, a lock, a setting learned. Undefined when absent or expired. */
  get(name: string, nowMs: number): Promise<string | undefined>;
  /**
   * Changes a fact from `expected` (`undefined`: absent or expired) to `next` (`undefined`: removed).
   * True for exactly one of several callers with the same expectation: locks and tokens rest on this.
   */
  compareAndSet(change: {
    readonly name: string;
    readonly expected: string | undefined;
    readonly next: string | undefined;
    readonly nowMs: number;
    readonly ttlMs: number;
  }): Promise<boolean>;

  /** Keeps a dead letter durably. The same id again replaces it. */
  putDeadLetter(letter: DeadLetter): Promise<void>;
  /** The newest first. */
  deadLetters(limit: number): Promise<DeadLetter[]>;
  deadLetter(id: string): Promise<DeadLetter | undefined>;
  /** Forgets a dead letter, durably. False where there is none. */
  deleteDeadLetter(id: string): Promise<boolean>;

  close(): Promise<void>;
}

/** The store did not do what was asked, or nobody knows whether it did. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly code = 'store_unavailable';
}
