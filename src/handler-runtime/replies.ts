import { markdownToText } from '../protocol/markdown-text.js';
import type { Push } from '../protocol/push.js';
import {
  checkLength,
  checkReplyTo,
  reply,
  ReplyInvalid,
  type Article,
  type LateReply,
  type ChannelOption,
  type Reply,
  type ToStaffReply,
} from '../protocol/reply.js';
import { shapeOf } from './handler-result.js';
import { asUploaded, type Media, type MediaReply } from './reply-files.js';
import { TextStream, type StreamOptions, type StreamPart } from './text-stream.js';

/** Makers of the replies that any channel can carry. With `channel` a reply is kept on one of them. */
export interface LateReplies {
  readonly text: (content: string, pin?: ChannelOption) => LateReply;
  /** A text out of Markdown, such as a language model writes: lists, tables, links and code as WeChat can show them. */
  readonly markdown: (markdown: string, pin?: ChannelOption) => LateReply;
  /**
   * A text that is still being written, by a language model say: its whole sentences are said in time, and the rest
   * travels when it is there, in as few messages as it takes. The part `RETRACT` takes back what was not said yet.
   */
  readonly stream: (parts: AsyncIterable<StreamPart>, options?: StreamOptions) => TextStream;
  /**
   * A picture, by its media id or as a file: `{ path }`, `{ bytes, fileName }`, or `{ url }` on the internet. A file is
   * uploaded once it is returned or sent; the same one again within a day and a half is not.
   */
  readonly image: (media: Media, pin?: ChannelOption) => MediaReply;
  readonly voice: (media: Media, pin?: ChannelOption) => MediaReply;
  readonly video: (media: Media, about?: Omit<MediaOf<'video'>, 'type' | 'mediaId'>) => MediaReply;
  readonly music: (music: Omit<MediaOf<'music'>, 'type'>) => MediaReply;
  /**
   * One article where the push is a message, one to eight where it is an event. Late, each article is a message.
   *
   * @throws ReplyInvalid where there are more: WeChat would drop them
   */
  readonly news: (articles: readonly Article[], pin?: ChannelOption) => LateReply;
}

/** Makers of all replies. */
export interface Replies extends LateReplies {
  /** Hands the user to human staff, or to one of them (`name@gzh`). Passive only. */
  readonly toStaff: (kfAccount?: string) => ToStaffReply;
}

/** What makers make. */
export type Made = Reply | MediaReply | TextStream;

type MediaOf<T extends MediaReply['type']> = Extract<MediaReply, { readonly type: T }>;

/**
 * Makers that note in `made` what they made. Each is made when it is asked for, since a run uses one or two of them, and
 * works when taken out of its object.
 */
export class LateReplyMakers implements LateReplies {
  readonly #made: Made[];
  readonly #push: Push;
  constructor(made: Made[], push: Push) {
    this.#made = made;
    this.#push = push;
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

  /** @throws ReplyInvalid here, where the stack still names the line that made it */
  protected note<R extends Reply | MediaReply>(made: R): R {
    checkReplyTo(this.#push, asUploaded(made));
    this.#made.push(made);
    return made;
  }
}

/** The same, and the transfer to staff. */
export class ReplyMakers extends LateReplyMakers implements Replies {
  get toStaff(): Replies['toStaff'] {
    return (kfAccount) => this.note(reply.toStaff(kfAccount));
  }
}

const pinned = <R extends Reply | MediaReply>(made: R, { channel }: ChannelOption = {}): R & ChannelOption =>
  channel === undefined ? made : { ...made, channel };
