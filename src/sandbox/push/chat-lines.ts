import type { ShownReply, Verdict } from '../types/types.js';
import type { PreparedPush } from './prepare.js';
import { readLoosely } from './prepare.js';
import { GREY_SENTENCE } from './sentences.js';
import { TEMPLATES } from './templates/templates.js';

/** The groups of pushes that a follower causes; the platform causes the others. */
const FOLLOWER_GROUPS = new Set(['message', 'follow', 'menu']);

/** Checks whether the push is an action of the follower. A push without a template counts as one. */
export function isUserAction(kind: string): boolean {
  return FOLLOWER_GROUPS.has(TEMPLATES.find((template) => template.kind === kind)?.group ?? 'message');
}

/**
 * True if only a follower can cause the push. Any user can follow, leave and scan, and the platform has its own events.
 */
export function needsFollowing(kind: string): boolean {
  const group = TEMPLATES.find((template) => template.kind === kind)?.group;
  return group === 'message' || group === 'menu' || (group === undefined && kind.startsWith('message.'));
}

/** Returns the push as a line of the chat. */
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
        kind: push.kind,
        ...(key !== '' && { key }),
      };
    }
  }
}

/** Returns the line that the verdict adds to the chat; `undefined`: none. */
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
