import { parseJsonBody } from '../json-body.js';
import type { Fields } from '../fields.js';
import { toOpenId, type AppId, type OpenId, type PushId } from '../ids.js';
import { accountEvents } from './account-events.js';
import { cardEvents } from './card-events.js';
import { messages } from './messages.js';
import { miniProgramEvents } from './mini-program-events.js';
import { placeEvents } from './place-events.js';
import { platformNotices } from './platform-notices.js';
import { pushId } from './push-id.js';
import { optionalNumber, optionalText, text } from './read-field.js';
import { sendingEvents } from './sending-events.js';
import type { Readers } from './readers.js';
import { userEvents } from './user-events.js';
import { parseXml } from '../xml.js';

export type { FieldValue, Fields } from '../fields.js';
export { fingerprint } from './push-id.js';

const readers = {
  ...messages,
  ...userEvents,
  ...sendingEvents,
  ...accountEvents,
  ...cardEvents,
  ...placeEvents,
  ...miniProgramEvents,
  ...platformNotices,
  'event.unknown': () => ({}),
} satisfies Readers;

/**
 * The kind of a push: its family and the lower-cased name that WeChat gives it, or `unknown`.
 *
 * @example
 * const kind: PushKind = 'message.text';
 */
export type PushKind = keyof typeof readers;
/**
 * Messages of users, events, and notices to third-party platforms, which have no MsgType.
 *
 * @example
 * const family: PushFamily = 'event';
 */
export type PushFamily = 'message' | 'event' | 'info';

/**
 * The push type of a kind; for a union of kinds, the union of their pushes.
 *
 * @example
 * const where = (push: PushOf<'message.location'>) => push.label;
 */
export type PushOf<K extends PushKind> = K extends PushKind
  ? Flat<{ readonly kind: K } & CommonOf<K> & Readonly<ReturnType<(typeof readers)[K]>>>
  : never;
/**
 * A push of any kind. `kind` determines the fields.
 *
 * @example
 * const textOf = (push: Push) => (push.kind === 'message.text' ? push.content : undefined);
 */
export type Push = PushOf<PushKind>;
export type MessagePush = PushOf<KindOf<'message'>>;
export type EventPush = PushOf<KindOf<'event'>>;
/** The kinds of one family. */
export type KindOf<F extends PushFamily> = Extract<PushKind, `${F}.${string}`>;

/** The fields of every push. */
export interface CommonPush {
  /** The same for every attempt of WeChat's. */
  readonly id: PushId;
  /** Original id of the account, `gh_…`: ToUserName. */
  readonly account: string;
  /** The sender: FromUserName. In a notice that is the platform, and the user has a field of its own. */
  readonly user: OpenId;
  /** CreateTime, by WeChat's clock, in whole seconds; 1970 if it is absent. */
  readonly sentAt: Date;
  /** In the original spelling; `''` in the family `info`. */
  readonly msgType: string;
  /** All elements by wire name, nested; lists if a name is repeated. */
  readonly fields: Fields;
  /** The opened body. */
  readonly raw: string;
}

interface CommonMessage extends CommonPush {
  /** 64 bits as text; `''` in a few old bodies. */
  readonly msgId: string;
  /** Id of the mass message, if this message was sent from one of its articles. */
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

/** All kinds, to check the `on` of handlers. */
export const pushKinds: readonly PushKind[] = Object.keys(readers).filter(isPushKind);

/**
 * Parses an opened body, XML or JSON, into a typed push.
 *
 * Out:  `undefined` for a readable body with neither MsgType nor InfoType: a probe, to be answered `success`.
 *       An unknown kind becomes `message.unknown` or `event.unknown`, complete in `fields`. Cost: pure; some
 *       microseconds for a usual message, linear in the body.
 *
 * @throws PushRefused `body_unreadable`
 */
export function readPush(raw: string, appId: AppId): Push | undefined {
  const fields = isJson(raw) ? parseJsonBody(raw) : parseXml(raw);
  const msgType = text(fields, 'MsgType');
  const infoType = text(fields, 'InfoType');
  if (msgType === '' && infoType === '') return undefined;

  const event = text(fields, 'Event');
  const kind = msgType === '' ? infoKindOf(infoType) : kindOf(msgType, event);
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

function infoKindOf(infoType: string): PushKind {
  const kind = `info.${infoType.toLowerCase()}`;
  return isPushKind(kind) ? kind : 'info.unknown';
}

/** MsgType decides, not the presence of Event: retired devices send both. */
function kindOf(msgType: string, event: string): PushKind {
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

/** Parses Unix seconds; anything else counts as 0. */
const sentAt = (createTime: string): Date =>
  new Date(/^\d{1,12}$/.test(createTime) ? Number(createTime) * 1000 : 0);

/** True if the first character that is not white space opens an object. */
const isJson = (raw: string): boolean => /^\uFEFF?[ \t\r\n]*\{/.test(raw);
