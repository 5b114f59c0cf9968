import { parseJsonBody } from './json-body.js';
import type { Fields } from './fields.js';
import { toOpenId, type AppId, type OpenId, type PushId } from './ids.js';
import { accountEvents } from './push/account-events.js';
import { cardEvents } from './push/card-events.js';
import { messages } from './push/messages.js';
import { miniProgramEvents } from './push/mini-program-events.js';
import { placeEvents } from './push/place-events.js';
import { pushId } from './push/push-id.js';
import { optionalNumber, optionalText, text } from './push/read-field.js';
import { sendingEvents } from './push/sending-events.js';
import type { Readers } from './push/readers.js';
import { userEvents } from './push/user-events.js';
import { parseXml } from './xml.js';

export type { FieldValue, Fields } from './fields.js';
export { fingerprint } from './push/push-id.js';

const readers = {
  ...messages,
  ...userEvents,
  ...sendingEvents,
  ...accountEvents,
  ...cardEvents,
  ...placeEvents,
  ...miniProgramEvents,
  'event.unknown': () => ({}),
  'info.unknown': (f) => ({ infoType: text(f, 'InfoType'), appId: text(f, 'AppId') }),
} satisfies Readers;

/** What a push is about: its family and the lower-cased name that WeChat gives it, or `unknown`. */
export type PushKind = keyof typeof readers;
/** Messages of users, events, and notices to third-party platforms, which have no MsgType. */
export type PushFamily = 'message' | 'event' | 'info';

/** The push of one kind; of several kinds, any of theirs. */
export type PushOf<K extends PushKind> = K extends PushKind
  ? Flat<{ readonly kind: K } & CommonOf<K> & Readonly<ReturnType<(typeof readers)[K]>>>
  : never;
/** Anything that WeChat posts to us; `kind` tells which, and the fields follow from it. */
export type Push = PushOf<PushKind>;
export type MessagePush = PushOf<KindOf<'message'>>;
export type EventPush = PushOf<KindOf<'event'>>;
/** The kinds of one family. */
export type KindOf<F extends PushFamily> = Extract<PushKind, `${F}.${string}`>;

/** What every push has. */
export interface CommonPush {
  /** The same for every try that WeChat makes. */
  readonly id: PushId;
  /** Original id of the account, `gh_…`: ToUserName. */
  readonly account: string;
  /** Who sent it: FromUserName. Of notices, the platform; the user concerned stands in a field of its own then. */
  readonly user: OpenId;
  /** CreateTime, by WeChat's clock, in whole seconds; 1970 if it is missing. */
  readonly sentAt: Date;
  /** As it was spelt; `''` in the family `info`. */
  readonly msgType: string;
  /** Every element as it came, nested, under its wire name; lists where a name was repeated. */
  readonly fields: Fields;
  /** The opened body. */
  readonly raw: string;
}

interface CommonMessage extends CommonPush {
  /** 64 bits as text; `''` in a few old bodies. */
  readonly msgId: string;
  /** The mass message that this one was sent from, if it was sent from an article. */
  readonly msgDataId: string | undefined;
  /** Number of that article in the mass message, from 1. */
  readonly articleIdx: number | undefined;
}

interface CommonEvent extends CommonPush {
  /** As it was spelt. */
  readonly event: string;
}

type CommonOf<K> = K extends `message.${string}`
  ? CommonMessage
  : K extends `event.${string}`
    ? CommonEvent
    : CommonPush;
type Flat<T> = { [P in keyof T]: T[P] };

const isPushKind = (name: string): name is PushKind => Object.hasOwn(readers, name);

/** Every kind there is, for the check of what handlers ask for. */
export const pushKinds: readonly PushKind[] = Object.keys(readers).filter(isPushKind);

/**
 * Reads one opened body, XML or JSON, into a typed push.
 *
 * Out:  `undefined` for a readable body with neither MsgType nor InfoType: a probe, to be answered `success`.
 *       What we do not know comes as `message.unknown` or `event.unknown`, complete in `fields`.
 * Cost: pure; some microseconds for a usual message, linear in the body.
 *
 * @throws PushRefused `body_unreadable`
 */
export function readPush(raw: string, appId: AppId): Push | undefined {
  const fields = isJson(raw) ? parseJsonBody(raw) : parseXml(raw);
  const msgType = text(fields, 'MsgType');
  if (msgType === '' && text(fields, 'InfoType') === '') return undefined;

  const event = text(fields, 'Event');
  const kind = kindOf(msgType, event);
  const push = {
    kind,
    id: pushId(fields, appId),
    account: text(fields, 'ToUserName'),
    user: toOpenId(text(fields, 'FromUserName')),
    sentAt: sentAt(text(fields, 'CreateTime')),
    msgType,
    ...(kind.startsWith('event.') ? { event } : kind.startsWith('message.') ? messageIds(fields) : {}),
    ...readers[kind](fields),
    fields,
    raw,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `kind` chose the reader, which tsc cannot follow
  return push as Push;
}

/** MsgType decides, not the presence of Event: retired devices send both. */
function kindOf(msgType: string, event: string): PushKind {
  if (msgType === '') return 'info.unknown';
  const family = msgType.toLowerCase() === 'event' ? 'event' : 'message';
  const name = (family === 'event' ? event : msgType).toLowerCase();
  if (name === 'freepublishjobfinish') return 'event.publishjobfinish'; // as older pages call it
  const kind = `${family}.${name}`;
  return isPushKind(kind) ? kind : `${family}.unknown`;
}

function messageIds(fields: Fields) {
  return {
    msgId: text(fields, 'MsgId', 'MsgID'),
    msgDataId: optionalText(fields, 'MsgDataId'),
    articleIdx: optionalNumber(fields, 'Idx'),
  };
}

/** Seconds since 1970; what is no such number counts as none. */
const sentAt = (createTime: string): Date =>
  new Date(/^\d{1,12}$/.test(createTime) ? Number(createTime) * 1000 : 0);

/** XML unless the first character that is no layout opens an object. */
const isJson = (raw: string): boolean => /^\uFEFF?[ \t\r\n]*\{/.test(raw);
