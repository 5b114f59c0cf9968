/** A grant by a user action: so many messages may be sent between two times. */
export interface QuotaGrant {
  /** Name of the trigger in `src/protocol/send-windows.ts`. The allowances of different triggers do not add up. */
  readonly trigger: string;
  readonly messages: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The number of messages that may still be sent to a user, and until when (0 if none may). */
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
  /** The quota that this push grants. Stored first, unless the store has this or a later grant of the same trigger. */
  readonly granted?: QuotaGrant;
}

/** Stores the send quota of each user. */
export interface SendQuotaStore {
  /** Reads or changes a send quota. `changed` is false if a `spend` found nothing left. */
  sendQuota(change: QuotaChange): Promise<SendQuota & { readonly changed: boolean }>;
}
