import type { Fields } from '../../protocol/fields.js';
import { TEXT_LIMIT_BYTES } from '../../protocol/limits.js';
import { readPassiveReply } from '../../protocol/read-passive-reply.js';
import type { Reply } from '../../protocol/reply.js';
import type { ShownReply, VerdictCause } from '../types/types.js';

/** The message that the phone would show, or the cause of the failure notice; `detail` names the field. */
export type ReadReply =
  | { readonly ok: true; readonly reply: ShownReply }
  | { readonly ok: false; readonly cause: VerdictCause; readonly detail?: string };

interface Expectation {
  readonly follower: string;
  readonly originalId: string;
  /** True for a reply to a message, which may have one article; others may have eight. */
  readonly toMessage: boolean;
}

/** Checks an opened reply field by field, as strictly as the documentation. Source: "被动回复用户消息". */
export function readReply(fields: Fields, { follower, originalId, toMessage }: Expectation): ReadReply {
  const read = readPassiveReply(fields, { user: follower, account: originalId, toMessage });
  if (!read.ok) {
    const { fault: cause, detail } = read;
    return { ok: false, cause, ...(detail !== undefined && { detail }) };
  }
  const { reply } = read;
  const bytes = reply.type === 'text' ? Buffer.byteLength(reply.content) : 0;
  if (bytes > TEXT_LIMIT_BYTES) return { ok: false, cause: 'too-long', detail: String(bytes) };
  return { ok: true, reply: shown(reply) };
}

function shown(reply: Reply): ShownReply {
  switch (reply.type) {
    case 'video': {
      const { type, mediaId, title = '', description = '' } = reply;
      return { type, mediaId, title, description };
    }
    case 'music': {
      const { type, title = '', description = '', hqMusicUrl, musicUrl = '', thumbMediaId } = reply;
      return { type, title, description, url: hqMusicUrl ?? musicUrl, thumbMediaId };
    }
    case 'to-staff':
      return { type: 'transfer_customer_service', kfAccount: reply.kfAccount ?? '' };
    default:
      return reply;
  }
}
