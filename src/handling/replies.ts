import {
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
  text(content: string): LateReply;
  /** `mediaId` of an uploaded picture. */
  image(mediaId: string): LateReply;
  voice(mediaId: string): LateReply;
  video(mediaId: string, about?: Omit<VideoReply, 'type' | 'mediaId'>): LateReply;
  music(music: Omit<MusicReply, 'type'>): LateReply;
  /** One to eight articles; as a late answer only the first is carried. */
  news(articles: readonly Article[]): LateReply;
}

/** Makers of all replies. */
export interface Replies extends LateReplies {
  /** Hands the user to human staff, or to one of them (`name@gzh`). Passive only. */
  toStaff(kfAccount?: string): ToStaffReply;
}

/** Makers that note in `made` what they made. */
export function lateReplies(made: Reply[]): LateReplies {
  const note = <R extends Reply>(value: R): R => {
    made.push(value);
    return value;
  };
  return {
    text: (content) => note(reply.text(content)),
    image: (mediaId) => note(reply.image(mediaId)),
    voice: (mediaId) => note(reply.voice(mediaId)),
    video: (mediaId, about) => note(reply.video(mediaId, about)),
    music: (music) => note(reply.music(music)),
    news: (articles) => note(reply.news(articles)),
  };
}

/** The same, and the transfer to staff. */
export function replies(made: Reply[]): Replies {
  return {
    ...lateReplies(made),
    toStaff(kfAccount) {
      const transfer = reply.toStaff(kfAccount);
      made.push(transfer);
      return transfer;
    },
  };
}
