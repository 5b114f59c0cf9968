import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { Json } from '../protocol/json.js';

/** Channel of a late answer: customer-service messages, or the mailbox. */
export type DeliveryChannel = 'customer-service' | 'mailbox';

/** A late answer that did not reach its user, with the reason and what an operator needs to decide. */
export interface DeadLetter {
  readonly id: string;
  readonly appId: string;
  readonly pushId: string;
  readonly user: string;
  readonly kind: string;
  readonly handler: string;
  /** A `DeadReason` of `src/pipeline/dead-letters/dead-letter.ts`. */
  readonly reason: string;
  /** For the operator: the failed step and its error. Never a message text or a secret. */
  readonly detail: string;
  /** The channel on which the answer failed. Absent: none was chosen yet, or an older version stored the letter. */
  readonly channel?: DeliveryChannel;
  /** The errcode with which WeChat refused it. `rid` is the id that WeChat's support asks for. */
  readonly errcode?: number;
  readonly rid?: string;
  readonly atMs: number;
  readonly runs: number;
  /** The push as received (XML or JSON), so that the letter can be redriven. */
  readonly push: string;
  /** The messages that were not sent. Empty: the handler had not made any. */
  readonly messages: readonly CustomerServiceMessage[];
  /** The task that `later` did not finish. */
  readonly task?: Json;
  /** Id of the record that did the work. Absent: the push's id. */
  readonly record?: string;
  /** The letter holds only a part that was left out; the rest may have been delivered. */
  readonly part?: true;
}

export interface DeadLetterStore {
  /** Stores a dead letter durably. The same id again replaces it. */
  putDeadLetter(letter: DeadLetter): Promise<void>;
  /** Lists dead letters, newest first. */
  deadLetters(limit: number): Promise<DeadLetter[]>;
  /** Counts the dead letters without reading them. After a crash during a write-back some may count twice until the next. */
  countDeadLetters(): Promise<number>;
  deadLetter(id: string): Promise<DeadLetter | undefined>;
  /** Deletes a dead letter durably. False if there is none. */
  deleteDeadLetter(id: string): Promise<boolean>;
}
