import { hash } from 'node:crypto';
import type { Fields } from '../fields.js';
import { toPushId, type AppId, type PushId } from '../ids.js';
import { text } from './read-field.js';

/** Fields that the key of an event names individually; the others, such as EventKey, follow in their order. */
const NAMED = new Set(['ToUserName', 'FromUserName', 'CreateTime', 'MsgType', 'InfoType', 'Event']);

/**
 * Returns the id of a push, the same for every attempt. A message is identified by MsgId, sender, second and type,
 * because one MsgId has been seen for several users; an event by its name and a digest of all its fields, because two
 * events of a user can share a second.
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
  if (msgId !== '') return toPushId(`msg-${writtenAnew(msgId)}-${sha1(whose + frame(msgId)).slice(0, 16)}`);

  const event = text(fields, 'Event').toLowerCase();
  const others = Object.entries(fields).filter(([name]) => !NAMED.has(name));
  const name = msgType === 'event' ? event || msgType : msgType;
  return toPushId(`evt-${idSafe(name)}-${sha1(whose + frame(event) + JSON.stringify(others)).slice(0, 20)}`);
}

/** Returns a digest of all fields of a push, to tell a repeat from another push under the same signature. */
export const fingerprint = (push: { readonly fields: Fields }): string => sha1(JSON.stringify(push.fields));

const sha1 = (key: string): string => hash('sha1', key, 'hex');

/** Puts the length before a part, so that no two lists of parts give the same text. */
const frame = (part: string): string => `${part.length}:${part}`;

/**
 * Returns a MsgId as `idSafe` does. V8 keeps two bytes for each letter that is cut out of a Chinese text, and an id is
 * remembered for long; of a number that is written anew it keeps one.
 */
const writtenAnew = (msgId: string): string =>
  /^[1-9]\d{0,18}$/.test(msgId) ? String(BigInt(msgId)) : idSafe(msgId);

const idSafe = (name: string): string => name.slice(0, 40).replaceAll(/[^A-Za-z0-9._-]/g, '_');
