import { UsageInvalid } from './command.js';

/** Describes one push to write: its kind, the fields that the user gave, and the fields of every push. */
export interface PushOrder {
  /** `message.text`, `event.click`, `event.CLICK`, … */
  readonly kind: string;
  /** Wire names and values; they replace the defaults, and come in this order after them. */
  readonly fields: ReadonlyMap<string, string>;
  readonly account: string;
  readonly user: string;
  /** Seconds since 1970. */
  readonly createTimeS: number;
  /** A fresh MsgId, for messages. */
  readonly messageId: string;
}

/**
 * Writes the XML of a push as WeChat does: texts in CDATA, numbers without. A kind in `defaults` gets sample fields; any
 * other kind gets only its type, its event and the given fields.
 */
export function pushXml({ kind, fields, account, user, createTimeS, messageId }: PushOrder): string {
  const [family, name] = splitKind(kind);
  const own = defaults[kind.toLowerCase()] ?? {};
  const all = new Map<string, string>([
    ['ToUserName', account],
    ['FromUserName', user],
    ['CreateTime', String(createTimeS)],
    ...(family === 'event'
      ? ([
          ['MsgType', 'event'],
          ['Event', wireEvents[name.toLowerCase()] ?? name],
        ] as const)
      : ([['MsgType', name]] as const)),
    ...Object.entries(own),
    ...(family === 'message' ? ([['MsgId', messageId]] as const) : []),
    ...fields,
  ]);
  const elements = [...all].map(
    ([element, value]) => `<${element}>${wireValue(element, value)}</${element}>`,
  );
  return `<xml>${elements.join('\n')}\n</xml>`;
}

function splitKind(kind: string): readonly ['message' | 'event', string] {
  const [, family, name] = /^(message|event)\.([A-Za-z0-9_]+)$/.exec(kind) ?? [];
  if ((family === 'message' || family === 'event') && name !== undefined) return [family, name];
  throw new UsageInvalid({
    en: `"${kind}" is neither a file nor a kind of push such as message.text or event.click.`,
    zh: `"${kind}" 既不是文件，也不是推送的类型（例如 message.text、event.click）。`,
  });
}

/** Fields that WeChat writes without CDATA. All others are texts, even if they look like numbers. */
const bare = new Set([
  'CreateTime',
  'MsgId',
  'MsgID',
  'Location_X',
  'Location_Y',
  'Scale',
  'Latitude',
  'Longitude',
  'Precision',
  'MenuId',
]);

/** Writes a value. `]]>` is split over two CDATA sections. */
const wireValue = (name: string, value: string): string =>
  bare.has(name) && /^-?[\d.]+$/.test(value)
    ? value
    : `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;

/** Events whose wire name is not lower case, by lower-case name. */
const wireEvents: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'CLICK',
    'VIEW',
    'SCAN',
    'LOCATION',
    'ENTER',
    'TEMPLATESENDJOBFINISH',
    'MASSSENDJOBFINISH',
    'PUBLISHJOBFINISH',
    'WifiConnected',
    'ShakearoundUserShake',
    'ShakearoundLotteryBind',
  ].map((event) => [event.toLowerCase(), event]),
);

/** Default fields of a push, by kind. */
const defaults: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'message.text': { Content: '你好，hello' },
  'message.image': { PicUrl: 'http://mmbiz.qpic.cn/example', MediaId: 'example-image' },
  'message.voice': { MediaId: 'example-voice', Format: 'amr', Recognition: '' },
  'message.video': { MediaId: 'example-video', ThumbMediaId: 'example-thumb' },
  'message.shortvideo': { MediaId: 'example-video', ThumbMediaId: 'example-thumb' },
  'message.location': { Location_X: '23.134521', Location_Y: '113.358803', Scale: '20', Label: '广州' },
  'message.link': { Title: 'Example', Description: '', Url: 'https://example.com/?a=1&b=2' },
  'event.subscribe': { EventKey: '' },
  'event.unsubscribe': { EventKey: '' },
  'event.scan': { EventKey: '123', Ticket: 'example-ticket' },
  'event.location': { Latitude: '23.137466', Longitude: '113.352425', Precision: '119.385040' },
  'event.click': { EventKey: 'example' },
  'event.view': { EventKey: 'https://example.com/', MenuId: '1' },
  'event.templatesendjobfinish': { MsgID: '200163836', Status: 'success' },
};
