import { toAppId } from '../protocol/ids.js';
import type { Reply } from '../protocol/reply.js';
import { tapLinksOf } from './choices.js';
import type { Tried } from './try-handler.js';
import { readPush, type Push, type PushKind, type PushOf } from '../protocol/push/push.js';

type Part = string | number | WireElements;

/**
 * The elements of a push by wire name. Lists become repeated elements, objects nested ones.
 *
 * @example
 * const elements: WireElements = { MsgType: 'event', Event: 'CLICK', EventKey: 'weather' };
 */
export interface WireElements {
  readonly [name: string]: Part | readonly Part[];
}

/**
 * Sender, time and id of a push. Two pushes without a difference are the same push.
 *
 * @example
 * const origin: Origin = { user: 'oUser', sentAt: new Date(0), msgId: '1' };
 */
export interface Origin {
  /** @defaultValue `oTestUser0000000000000000001` */
  readonly user?: string;
  /** @defaultValue 2025-01-13T02:42:31Z */
  readonly sentAt?: Date;
  /** @defaultValue `24863140378325117`; events have none */
  readonly msgId?: string;
}

const APP_ID = toAppId('wx0123456789abcdef');

/**
 * Builds a text message.
 *
 * @example
 * const push = textPush({ content: '天气 北京', user: 'oUser' });
 */
export function textPush(text: Origin & { readonly content: string }): PushOf<'message.text'> {
  return ofKind(buildPush({ MsgType: 'text', Content: text.content }, text), 'message.text');
}

/**
 * Builds an event: `eventPush('subscribe', { EventKey: 'qrscene_7' })`.
 *
 * @example
 * const scan = eventPush('SCAN', { EventKey: 'table-7' });
 */
export function eventPush(event: string, elements: WireElements = {}, origin: Origin = {}): Push {
  return buildPush({ MsgType: 'event', Event: event, ...elements }, origin);
}

/**
 * Builds any push: `buildPush({ MsgType: 'image', MediaId: 'm1' })`. It writes XML and parses it with the server's own
 * code, so the push has every field of a real one.
 *
 * @example
 * const push = buildPush({ MsgType: 'image', MediaId: 'm1', PicUrl: 'https://example.com/1.jpg' });
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

/**
 * Builds the tap on a choice: finds its link in a reply by its label.
 *
 * @example
 * const tried = await tryHandler(handler, textPush({ content: '退货' }));
 * expect(await tryHandler(handler, tapPush(tried, '还没发货'))).toMatchObject({ type: 'replied' });
 */
export function tapPush(answer: Tried | Reply, label: string, origin: Origin = {}): PushOf<'message.text'> {
  const said = 'reply' in answer ? answer.reply : answer;
  const links = said.type === 'text' && 'content' in said ? tapLinksOf(said.content) : [];
  const link = links.find((each) => each.label === label);
  if (link === undefined)
    throw new TypeError(`the reply has ${links.length} choices, and none has this label`);
  const elements = { MsgType: 'text', Content: link.words, bizmsgmenuid: link.id };
  const tap = buildPush(elements, { sentAt: new Date(), msgId: '24863140378325118', ...origin });
  return ofKind(tap, 'message.text');
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
