import { hash } from 'node:crypto';
import type { Fields } from '../fields.js';
import { toPushId, type AppId, type PushId } from '../ids.js';
import { text } from './read-field.js';

/** Fields that the key of an event names one by one; the others, EventKey among them, follow as they came. */
const NAMED = new Set(['ToUserName', 'FromUserName', 'CreateTime', 'MsgType', 'InfoType', 'Event']);

/**
 * Names one push, the same for every try: a message by its MsgId together with sender, second and type (a MsgId has
 * been seen for several users at once); anything else by its name and a digest of all it says (two events of one
 * user share a second).
 *
 * Out: `msg-<MsgId>-<16 hex>` or `evt-<name>-<20 hex>`, letters of `[A-Za-z0-9._-]` only, at most 65 of them.
 */
export function pushId(fields: Fields, appId: AppId): PushId {
  const msgType = (text(fields, 'MsgType') || text(fields, 'InfoType')).toLowerCase();
  const whose =
    frame(appId) +
    frame(text(fields, 'ToUserName')) +
    frame(text(fields, 'FromUserName')) +
    frame(text(fields, 'CreateTime')) +
    frame(msgType);

  const msgId = msgType === 'event' ? '' : text(fields, 'MsgId', 'MsgID');
  if (msgId !== '') return toPushId(`msg-${idSafe(msgId)}-${sha1(whose + frame(msgId)).slice(0, 16)}`);

  const event = text(fields, 'Event').toLowerCase();
  const others = Object.entries(fields).filter(([name]) => !NAMED.has(name));
  const name = msgType === 'event' ? event || msgType : msgType;
  return toPushId(`evt-${idSafe(name)}-${sha1(whose + frame(event) + JSON.stringify(others)).slice(0, 20)}`);
}

/** Forty hex digits over every field of a push: tells a repeat of it from another push under the same signature. */
export const fingerprint = (push: { readonly fields: Fields }): string => sha1(JSON.stringify(push.fields));

const sha1 = (key: string): string => hash('sha1', key, 'hex');

/** Sets its length before a part, so that no two lists of parts run together into the same text. */
const frame = (part: string): string => `${part.length}:${part}`;

const idSafe = (name: string): string => name.slice(0, 40).replaceAll(/[^A-Za-z0-9._-]/g, '_');
