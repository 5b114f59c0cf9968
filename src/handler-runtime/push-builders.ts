import { toAppId } from '../protocol/ids.js';
import { readPush, type Push, type PushKind, type PushOf } from '../protocol/push.js';

type Part = string | number | WireElements;

/** The elements of a push under their wire names; lists are repeated elements, objects nested ones. */
export interface WireElements {
  readonly [name: string]: Part | readonly Part[];
}

/** Who and when, where it matters: two pushes that differ in nothing are the same push. */
export interface Origin {
  readonly user?: string;
  readonly sentAt?: Date;
  readonly msgId?: string;
}

const APP_ID = toAppId('wx0123456789abcdef');

/** A text message, as if a user had typed it. */
export function textPush(text: Origin & { readonly content: string }): PushOf<'message.text'> {
  return ofKind(buildPush({ MsgType: 'text', Content: text.content }, text), 'message.text');
}

/** An event with its elements: `eventPush('subscribe', { EventKey: 'qrscene_7' })`. */
export function eventPush(event: string, elements: WireElements = {}, origin: Origin = {}): Push {
  return buildPush({ MsgType: 'event', Event: event, ...elements }, origin);
}

/**
 * Any push: `buildPush({ MsgType: 'image', MediaId: 'm1' })`. It is written as XML and read by the same code that reads
 * WeChat's, so it has every field that a real one has.
 */
export function buildPush(elements: WireElements, origin: Origin = {}): Push {
  const {
    user = 'oTestUser0000000000000000001',
    sentAt = new Date(1_736_670_151_000),
    msgId = '24863140378325117',
  } = origin;
  const head: WireElements = {
    ToUserName: 'gh_0123456789ab',
    FromUserName: user,
    CreateTime: Math.floor(sentAt.getTime() / 1000),
    ...(elements['MsgType'] === 'event' ? {} : { MsgId: msgId }),
  };
  const push = readPush(`<xml>${write({ ...head, ...elements })}</xml>`, APP_ID);
  if (push === undefined) throw new TypeError('a push has a MsgType or an InfoType: name one');
  return push;
}

function ofKind<K extends PushKind>(push: Push, kind: K): PushOf<K> {
  if (push.kind !== kind) throw new TypeError(`built a push of kind ${push.kind} instead of ${kind}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just compared; tsc does not narrow by a generic
  return push as PushOf<K>;
}

const write = (elements: WireElements): string =>
  Object.entries(elements)
    .flatMap(([name, value]) =>
      isList(value) ? value.map((part) => element(name, part)) : element(name, value),
    )
    .join('');

const isList = (value: Part | readonly Part[]): value is readonly Part[] => Array.isArray(value);

const element = (name: string, value: Part): string =>
  `<${name}>${typeof value === 'object' ? write(value) : typeof value === 'number' ? value : cdata(value)}</${name}>`;

const cdata = (text: string): string => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
