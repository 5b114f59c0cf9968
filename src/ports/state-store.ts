import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { Json } from '../protocol/json.js';

/**
 * The record of one push: who works on it and how far that is. `src/pipeline/record.ts` holds the rules of
 * its changes; a store only keeps it and swaps it.
 *
 * running       a handler runs, no try has been answered yet
 * answered      a passive reply was settled; its body is remembered for a minute
 * acknowledged  `success` was settled and there is nothing more to do
 * adopted       `success` was settled and the work goes on: in its owner, or in the queue where `owner` is ''
 * taking        a worker holds the late work
 * delivered · stashed · dead  the late work is over
 */
export interface PushRecord {
  readonly state:
    'running' | 'answered' | 'acknowledged' | 'adopted' | 'taking' | 'delivered' | 'stashed' | 'dead';
  /** The process that works on it; '' when nobody has to be alive for it. */
  readonly owner: string;
  /** Rises by one with every change of owner. Who holds a lower fence has lost. */
  readonly fence: number;
  /** Runs of the handler so far, this one included. */
  readonly attempt: number;
  /** Finish by `later` of this handler, with this task, instead of by `handle` again. */
  readonly task?: Json;
  readonly handler?: string;
  /** The late messages, once the handler made them. */
  readonly messages?: readonly CustomerServiceMessage[];
  /** How many of `messages` WeChat is known to have taken. */
  readonly sent?: number;
  /** The message that is on its way: set durably before the request leaves, removed with its result. */
  readonly intent?: number;
  /** Failed tries of the present step that count against its limit. */
  readonly failures?: number;
  /** Failed tries that do not: no connection, minute limits. */
  readonly waits?: number;
  /** The first part was settled as a passive reply, and tries hear it; `messages` are the rest. */
  readonly replied?: true;
  /** Why it ended as dead. */
  readonly reason?: string;
}

/** A record as stored. `rev` rises by one with every swap. */
export interface StoredRecord {
  readonly rev: number;
  readonly record: PushRecord;
}

export interface ClaimRequest {
  /** AppID and push id, as made by `recordKey`. */
  readonly key: string;
  /** The claiming process. */
  readonly owner: string;
  readonly nowMs: number;
  /** How long a record lives when nobody touches it again. */
  readonly keepMs: number;
  /**
   * Plaintext mode: what the signature was first used for. Another `use` under the same `id` is a replay.
   * Checked and noted in the same step as the claim.
   */
  readonly guard?: { readonly id: string; readonly use: string };
}

export type ClaimResult =
  /** The record is new and ours: running, fence 1, attempt 1, rev 1. */
  | { readonly type: 'claimed'; readonly stored: StoredRecord }
  /** Somebody has it already. `body` is the remembered passive reply, if any. */
  | {
      readonly type: 'known';
      readonly stored: StoredRecord;
      readonly ownerAlive: boolean;
      readonly body?: string;
    }
  /** The guard was used for another push. Nothing was claimed. */
  | { readonly type: 'replayed' };

export interface SwapRequest {
  readonly key: string;
  /** The `rev` that the stored record must have; anything else loses. */
  readonly rev: number;
  /** The new record; `undefined` removes it, as if the push had never come. */
  readonly next: PushRecord | undefined;
  readonly nowMs: number;
  readonly keepMs: number;
  /** The passive reply to remember, inner XML, and for how long. */
  readonly body?: { readonly xml: string; readonly keepMs: number };
  /**
   * True: resolves only once the change would survive a crash of this process and of the store's.
   * False: resolves as soon as every reader of the store sees it.
   */
  readonly durable: boolean;
}

export type SwapResult =
  | { readonly swapped: true; readonly stored: StoredRecord | undefined }
  /** Lost: what stands there now (`undefined`: nothing). */
  | { readonly swapped: false; readonly stored: StoredRecord | undefined };

/** Work that ended without reaching the user, and why. Never holds more than what a person needs to decide. */
export interface DeadLetter {
  readonly id: string;
  readonly appId: string;
  readonly pushId: string;
  readonly user: string;
  readonly kind: string;
  readonly handler: string;
  /** One word of `DeadReason` in `src/pipeline/dead-letter.ts`. */
  readonly reason: string;
  /** What the operator should know: errcode, rid, the failed step. Never a message text or a secret. */
  readonly detail: string;
  readonly atMs: number;
  readonly attempts: number;
  /** The push as it came, so that the letter can be replayed. */
  readonly push: string;
  /** The messages that were not sent. */
  readonly messages: readonly CustomerServiceMessage[];
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
  /** "I live until then." An owner whose last beat has run out is dead, and so is one that never beat. */
  beat(owner: string, untilMs: number): Promise<void>;

  /** A small fact: a token, a lock, a setting learned. Undefined when absent or expired. */
  fact(name: string, nowMs: number): Promise<string | undefined>;
  /**
   * Changes a fact from `expected` (`undefined`: absent or expired) to `next` (`undefined`: removed).
   * True for exactly one of several callers with the same expectation: locks and tokens rest on this.
   */
  changeFact(change: {
    readonly name: string;
    readonly expected: string | undefined;
    readonly next: string | undefined;
    readonly nowMs: number;
    readonly keepMs: number;
  }): Promise<boolean>;

  /** Keeps a dead letter durably. The same id again replaces it. */
  bury(letter: DeadLetter): Promise<void>;
  /** The newest first. */
  deadLetters(limit: number): Promise<DeadLetter[]>;

  close(): Promise<void>;
}

/** The store did not do what was asked, or nobody knows whether it did. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly code = 'store_unavailable';
}
