import type { Outcome } from '../../handler-runtime/run-handler.js';
import type { TextStream } from '../../handler-runtime/text-stream.js';
import type { MailboxEntry } from '../../ports/state-store.js';
import type { CustomerServiceMessage } from '../../protocol/customer-service-message.js';
import { reply as replies, type Reply } from '../../protocol/reply.js';
import type { Json } from '../../protocol/json.js';
import type { Carried, Ready } from '../../push-record/push-record.js';
import type { RecordTtls } from '../record/update-record.js';
import { composeReply, isReply, type OwnAnswer, type PassiveReply } from './compose-reply.js';
import type { DeadReason } from '../dead-letters/dead-letter.js';
import { deathBy, toLateMessages } from '../late-messages.js';
import { undeliveredText } from '../drain-stream.js';
import type { Made, Said } from './run-state.js';

/** A handler's outcome after its stream, if any, has ended. */
export type Ended =
  Exclude<Outcome, { type: 'streaming' }> | { readonly type: 'threw'; readonly error?: unknown };

/** A passive reply, ready to be sent. */
export interface Composed extends PassiveReply {
  readonly xml: string;
  /** Destination of `remainder`. */
  readonly remainderGoes: 'deliver' | 'mailbox';
}

/** The result of a run that ended after its deadline. */
export type OverrunEnd =
  | { readonly type: 'messages'; readonly messages: readonly CustomerServiceMessage[] }
  | { readonly type: 'task'; readonly task: Json }
  | { readonly type: 'nothing' }
  | { readonly type: 'dead'; readonly reason: DeadReason; readonly detail: string };

const TIMEOUT = { reason: 'handler_timeout', detail: 'no outcome within 10 minutes' } as const;
const THROWN = { reason: 'handler_threw', detail: 'thrown after the deadline' } as const;

/** Holds the content of a run's answer: the handler's result, the mailbox's part, and the reply or messages made of them. */
export class RunAnswer {
  readonly #sender: string;
  readonly #ttls: RecordTtls;
  readonly #passiveOnly: boolean;
  readonly #carrier: Omit<Carried, 'count'>;
  readonly #render: (reply: Reply) => string;
  #mailbox: readonly MailboxEntry[];
  #ended: Ended | undefined;
  #own: OwnAnswer;
  #passive: Composed | undefined;
  #atDeadline: Composed | undefined;
  #streamPart: { readonly upTo: number } | undefined;
  stream: TextStream | undefined;

  constructor(
    sender: string,
    ttls: RecordTtls,
    passiveOnly: boolean,
    mailbox: readonly MailboxEntry[],
    carrier: Omit<Carried, 'count'>,
    render: (reply: Reply) => string,
  ) {
    this.#sender = sender;
    this.#ttls = ttls;
    this.#passiveOnly = passiveOnly;
    this.#mailbox = mailbox;
    this.#carrier = carrier;
    this.#render = render;
  }

  /** The reply that carries what was made. */
  get passive(): Composed | undefined {
    return this.#passive;
  }

  /** The reply that replaces `success` at the deadline. */
  get atDeadline(): Composed | undefined {
    return this.#atDeadline;
  }

  /** Makes the handler's result the answer. @throws ReplyInvalid */
  take(ended: Ended): Made {
    const before = this.#ended;
    this.#ended = ended;
    this.#own = ended.type === 'replied' ? ended.reply : undefined;
    if (ended.type === 'deferred') return { type: 'task', tried: before?.type === 'deferred' };
    if (ended.type === 'replied' && ended.reply.channel === 'customer-service') {
      const messages = toLateMessages(ended.reply);
      if ('reason' in messages) throw new TypeError(messages.detail);
      return { type: 'message' };
    }
    return this.#made();
  }

  /** Makes the messages that are ready in the record the answer. @throws ReplyInvalid */
  takeReady({ work, lateOnly }: Ready): Made {
    if (work.type === 'task') {
      this.#ended = { type: 'deferred', task: work.task };
      return { type: 'task', tried: true };
    }
    this.#own = work.messages;
    return lateOnly === true ? { type: 'message' } : this.#made();
  }

  /** Prepares the response for a deadline that passes without an answer. @throws ReplyInvalid */
  prepareDeadline(notice: Reply): Said {
    const part = this.#passiveOnly ? undefined : this.stream?.completeSentences();
    this.#streamPart = part;
    const said = part === undefined ? undefined : replies.text(part.content);
    this.#atDeadline = this.#compose(this.#passiveOnly ? notice : said);
    return this.#atDeadline === undefined ? 'success' : 'reply';
  }

  /** The part of the stream that the reply at the deadline holds. */
  get partAtDeadline(): { readonly upTo: number } | undefined {
    return this.#atDeadline?.includesOwnAnswer === true ? this.#streamPart : undefined;
  }

  /** Composes the answer again, after another push emptied the mailbox. @throws ReplyInvalid */
  withoutMailbox(): Made | undefined {
    this.#mailbox = [];
    return this.#ended === undefined && this.#own === undefined ? undefined : this.#made();
  }

  /** The run's own answer as messages; empty if nothing of it can be sent later. */
  get messages(): readonly CustomerServiceMessage[] {
    const messages = isReply(this.#own) ? toLateMessages(this.#own) : [];
    return 'reason' in messages ? [] : messages;
  }

  get task(): Json {
    return this.#ended?.type === 'deferred' ? this.#ended.task : null;
  }

  /** @param made  the kind of the result, as given to `decide` */
  late(made: Made | undefined): OverrunEnd {
    const ended = this.#ended;
    if (made?.type === 'timeout') return { type: 'dead', ...TIMEOUT };
    if (ended === undefined || ended.type === 'threw')
      return { type: 'dead', ...deathBy(ended?.error, THROWN) };
    if (ended.type === 'deferred') return { type: 'task', task: ended.task };
    // The first part of a stream may have been sent at the deadline.
    const rest = this.stream === undefined ? ended : undeliveredText(this.stream);
    if (rest.type === 'silent') return { type: 'nothing' };
    const messages = toLateMessages(rest.reply);
    return 'reason' in messages ? { type: 'dead', ...messages } : { type: 'messages', messages };
  }

  #made(): Made {
    this.#passive = this.#compose(this.#own);
    if (this.#passive !== undefined) return { type: 'reply', needsJob: this.#passive.remainder.length > 0 };
    return { type: this.#ended?.type === 'threw' ? 'fault' : 'nothing' };
  }

  #compose(own: OwnAnswer): Composed | undefined {
    const answer = composeReply(own, this.#mailbox, this.#sender, this.#ttls, this.#carrier);
    if (answer === undefined) return undefined;
    const isPinned = isReply(own) && own.channel === 'passive';
    const remainderGoes = this.#passiveOnly || isPinned ? 'mailbox' : 'deliver';
    const { reply, remainder, includesOwnAnswer, linkedSwaps } = answer;
    return { reply, remainder, includesOwnAnswer, linkedSwaps, xml: this.#render(reply), remainderGoes };
  }
}
