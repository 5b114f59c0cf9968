import { markdownToText } from '../protocol/markdown-text.js';
import {
  checkReply,
  reply,
  type Article,
  type LateReply,
  type MusicReply,
  type Reply,
  type ToStaffReply,
  type VideoReply,
} from '../protocol/reply.js';

/** Makers of the replies that any road can carry. */
export interface LateReplies {
  readonly text: (content: string) => LateReply;
  /** A text out of Markdown, such as a language model writes: lists, tables, links and code as WeChat can show them. */
  readonly markdown: (markdown: string) => LateReply;
  /** `mediaId` of an uploaded picture. */
  readonly image: (mediaId: string) => LateReply;
  readonly voice: (mediaId: string) => LateReply;
  readonly video: (mediaId: string, about?: Omit<VideoReply, 'type' | 'mediaId'>) => LateReply;
  readonly music: (music: Omit<MusicReply, 'type'>) => LateReply;
  /** One to eight articles; as a late answer only the first is carried. */
  readonly news: (articles: readonly Article[]) => LateReply;
}

/** Makers of all replies. */
export interface Replies extends LateReplies {
  /** Hands the user to human staff, or to one of them (`name@gzh`). Passive only. */
  readonly toStaff: (kfAccount?: string) => ToStaffReply;
}

/**
 * Makers that note in `made` what they made. Each is made when it is asked for, since a run uses one or two of them, and
 * works when taken out of its object.
 */
export class LateReplyMakers implements LateReplies {
  readonly #made: Reply[];
  constructor(made: Reply[]) {
    this.#made = made;
  }

  get text(): LateReplies['text'] {
    return (content) => this.note(reply.text(content));
  }
  get markdown(): LateReplies['markdown'] {
    return (markdown) => this.note(reply.text(markdownToText(markdown)));
  }
  get image(): LateReplies['image'] {
    return (mediaId) => this.note(reply.image(mediaId));
  }
  get voice(): LateReplies['voice'] {
    return (mediaId) => this.note(reply.voice(mediaId));
  }
  get video(): LateReplies['video'] {
    return (mediaId, about) => this.note(reply.video(mediaId, about));
  }
  get music(): LateReplies['music'] {
    return (music) => this.note(reply.music(music));
  }
  get news(): LateReplies['news'] {
    return (articles) => this.note(reply.news(articles));
  }

  /** @throws ReplyInvalid here, where the stack still names the line that made it */
  protected note<R extends Reply>(made: R): R {
    checkReply(made);
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
