import type { ShownReply, Verdict } from '../types.js';
import type { PreparedPush } from './prepare.js';
import { readLoosely } from './prepare.js';
import { GREY_SENTENCE } from './sentences.js';
import { TEMPLATES } from './templates.js';

/** Who does what is pushed: a follower in the chat, or the platform. */
const FOLLOWER_GROUPS = new Set(['message', 'follow', 'menu']);

/** Whether the push is a deed of the follower; what has no template is taken for one. */
export function isUserAction(kind: string): boolean {
  return FOLLOWER_GROUPS.has(TEMPLATES.find((template) => template.kind === kind)?.group ?? 'message');
}

/** Whether somebody who does not follow the account can do it: follow, leave, scan; and what the platform does. */
export function needsFollowing(kind: string): boolean {
  const group = TEMPLATES.find((template) => template.kind === kind)?.group;
  return group === 'message' || group === 'menu' || (group === undefined && kind.startsWith('message.'));
}

/** The push as a line of the chat. */
export function lineOf(push: PreparedPush): ShownReply {
  const fields = readLoosely(push.plainBody);
  const field = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  };
  switch (push.kind) {
    case 'message.text':
      return { type: 'text', content: field('Content') };
    case 'message.image':
      return { type: 'image', mediaId: field('MediaId') };
    case 'message.voice':
      return { type: 'voice', mediaId: field('MediaId') };
    case 'message.video':
    case 'message.shortvideo':
      return { type: 'video', mediaId: field('MediaId'), title: '', description: '' };
    case 'message.location':
      return {
        type: 'card',
        title: field('Label') || '位置',
        content: `${field('Location_X')}, ${field('Location_Y')}`,
      };
    case 'message.link':
      return { type: 'card', title: field('Title'), content: field('Description'), url: field('Url') };
    default: {
      const template = TEMPLATES.find(({ kind }) => kind === push.kind);
      const key = field('EventKey');
      return {
        type: 'other',
        content: `[${template?.zh ?? push.kind}]${key === '' ? '' : ` ${key}`}`,
      };
    }
  }
}

/** What the verdict puts into the chat; `undefined`: nothing. */
export function lineAfter(
  push: PreparedPush,
  verdict: Verdict,
): { readonly from: 'account' | 'system'; readonly shown: ShownReply } | undefined {
  const answerable = TEMPLATES.find(({ kind }) => kind === push.kind)?.answerable ?? 'possible';
  if (answerable === 'no') return undefined;
  if (verdict.outcome === 'failure')
    return { from: 'system', shown: { type: 'other', content: GREY_SENTENCE } };
  if (verdict.reply === undefined) return undefined;
  const toStaff = verdict.reply.type === 'transfer_customer_service';
  return { from: toStaff ? 'system' : 'account', shown: verdict.reply };
}
