import { markdownToText } from '../text/markdown/markdown-text.js';
import type { Push } from '../protocol/push/push.js';
import {
  checkLength,
  checkReplyTo,
  reply,
  ReplyInvalid,
  type Article,
  type LateReply,
  type ChannelOption,
  type Reply,
  type TextReply,
  type ToStaffReply,
} from '../protocol/reply.js';
import { choicesText, type Choice, type ChoicesOptions, type Offering, type SignChoice } from './choices.js';
import { shapeOf } from './handler-result.js';
import { asUploaded, type Media, type MediaReply } from './reply-files.js';
import { TextStream, type StreamOptions, type StreamPart } from './text-stream.js';

/**
 * Constructors of replies for any channel. `channel` pins a reply to one of them.
 *
 * @example
 * const thanks = (replies: LateReplies) => replies.text('谢谢');
 */
export interface LateReplies {
  readonly text: (content: string, pin?: ChannelOption) => LateReply;
  /**
   * A text from Markdown, such as a language model writes: lists, tables, links and code in a form that WeChat can
   * show.
   */
  readonly markdown: (markdown: string, pin?: ChannelOption) => LateReply;
  /**
   * A text that is still being written, for example by a language model. Complete sentences are sent in time, and the
   * rest when it is complete, in as few messages as possible. The part `RETRACT` withdraws undelivered text.
   */
  readonly stream: (parts: AsyncIterable<StreamPart>, options?: StreamOptions) => TextStream;
  /**
   * A picture, by its media id or as a file: `{ path }`, `{ bytes, fileName }`, or `{ url }` on the internet. A file is
   * uploaded when the reply is returned or sent, but not again within a day and a half.
   */
  readonly image: (media: Media, pin?: ChannelOption) => MediaReply;
  readonly voice: (media: Media, pin?: ChannelOption) => MediaReply;
  readonly video: (media: Media, about?: Omit<MediaOf<'video'>, 'type' | 'mediaId'>) => MediaReply;
  readonly music: (music: Omit<MediaOf<'music'>, 'type'>) => MediaReply;
  /**
   * One article in reply to a message, one to eight in reply to an event. Late, each article becomes a message.
   *
   * @throws ReplyInvalid if there are more, because WeChat would drop them
   */
  readonly news: (articles: readonly Article[], pin?: ChannelOption) => LateReply;
  /**
   * A text with things to tap, for any account. By a tap the user says the label, and the handler's `chosen` gets the id,
   * in whichever process and after any restart. Can be the last part of a stream, too.
   *
   * @throws ReplyInvalid, ReplyTooLong
   */
  readonly choices: (choices: readonly Choice[], options?: ChoicesOptions) => TextReply;
}

/**
 * Constructors of all replies.
 *
 * @example
 * const toPerson = (replies: Replies) => replies.toStaff();
 */
export interface Replies extends LateReplies {
  /** Hands the user to human staff, or to one of them (`name@gzh`). Passive only. */
  readonly toStaff: (kfAccount?: string) => ToStaffReply;
}

/** The values that `ctx.reply` makes. */
export type Made = Reply | MediaReply | TextStream;

type MediaOf<T extends MediaReply['type']> = Extract<MediaReply, { readonly type: T }>;

/**
 * Constructors that record in `made` what they made. Each is created on first use, since a run uses one or two, and
 * works without its object (`const { text } = reply`).
 */
export class LateReplyMakers implements LateReplies {
  readonly #made: Made[];
  readonly #push: Push;
  readonly #handler: Offering;
  readonly #services: { readonly signChoice: SignChoice };
  constructor(made: Made[], push: Push, handler: Offering, services: { readonly signChoice: SignChoice }) {
    this.#made = made;
    this.#push = push;
    this.#handler = handler;
    this.#services = services;
  }

  get text(): LateReplies['text'] {
    return (content, pin) => this.note(pinned(reply.text(content), pin));
  }
  get markdown(): LateReplies['markdown'] {
    return (markdown, pin) => {
      if (typeof markdown === 'string') checkLength(markdown, 'The Markdown of a reply');
      return this.note(pinned(reply.text(markdownToText(markdown)), pin));
    };
  }
  get stream(): LateReplies['stream'] {
    return (parts, options) => {
      if (typeof Object(parts)[Symbol.asyncIterator] !== 'function')
        throw new ReplyInvalid(
          `ctx.reply.stream takes an async iterable of texts, and this is ${shapeOf(parts)}: hand it an async generator, or use ctx.reply.text`,
        );
      const stream = new TextStream(parts, options);
      this.#made.push(stream);
      return stream;
    };
  }
  get image(): LateReplies['image'] {
    return (mediaId, pin) => this.note(pinned({ type: 'image', mediaId }, pin));
  }
  get voice(): LateReplies['voice'] {
    return (mediaId, pin) => this.note(pinned({ type: 'voice', mediaId }, pin));
  }
  get video(): LateReplies['video'] {
    return (mediaId, about) => this.note({ ...about, type: 'video', mediaId });
  }
  get music(): LateReplies['music'] {
    return (music) => this.note({ ...music, type: 'music' });
  }
  get news(): LateReplies['news'] {
    return (articles, pin) => this.note(pinned(reply.news(articles), pin));
  }
  get choices(): LateReplies['choices'] {
    return (choices, options = {}) =>
      this.note(
        pinned(
          choicesText(choices, options, this.#handler, (...choice) => this.#services.signChoice(...choice)),
          options,
        ),
      );
  }

  /** @throws ReplyInvalid here, where the stack still names the handler's line */
  protected note<R extends Reply | MediaReply>(made: R): R {
    checkReplyTo(this.#push, asUploaded(made));
    this.#made.push(made);
    return made;
  }
}

/** Adds the transfer to staff. */
export class ReplyMakers extends LateReplyMakers implements Replies {
  get toStaff(): Replies['toStaff'] {
    return (kfAccount) => this.note(reply.toStaff(kfAccount));
  }
}

const pinned = <R extends Reply | MediaReply>(made: R, { channel }: ChannelOption = {}): R & ChannelOption =>
  channel === undefined ? made : { ...made, channel };
