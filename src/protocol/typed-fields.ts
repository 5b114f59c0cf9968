/** Adjacent elements of a push whose text a person chose, in WeChat's order. */
export interface TypedFields {
  /** Name of the block that holds them; `xml` for the root. */
  readonly inside: string;
  readonly names: readonly string[];
}

const atRoot = (...names: string[]): TypedFields => ({ inside: 'xml', names });
const scanned: TypedFields = { inside: 'ScanCodeInfo', names: ['ScanResult'] };

/**
 * Typed fields by lower-cased MsgType, or by Event if MsgType is `event`. The fields of a row are adjacent, without an
 * element of WeChat's own between them. So a text that imitates the border of two only moves text of the same person
 * from one to the other.
 *
 * Source: 接收普通消息, 接收事件推送, 自定义菜单事件推送, 电子发票; orders from published captures.
 */
const MESSAGES: ReadonlyMap<string, TypedFields> = new Map([
  ['text', atRoot('Content')],
  ['voice', atRoot('Recognition')],
  ['location', atRoot('Label')],
  ['link', atRoot('Title', 'Description', 'Url')],
  ['file', atRoot('Title', 'Description')],
]);

const EVENTS: ReadonlyMap<string, TypedFields> = new Map([
  ['scancode_push', scanned],
  ['scancode_waitmsg', scanned],
  ['location_select', { inside: 'SendLocationInfo', names: ['Label', 'Poiname'] }],
  ['user_enter_tempsession', atRoot('SessionFrom')],
  ['user_get_card', atRoot('OuterStr')],
  ['user_view_card', atRoot('OuterStr')],
  ['submit_invoice_title', atRoot('title', 'phone', 'tax_no', 'addr', 'bank_type', 'bank_no', 'attach')],
]);

/** Scenes of QR codes and keys of menus: the account's own server made them, perhaps from a person's text. */
const OTHER_EVENTS = atRoot('EventKey');

/** Returns the typed fields of a push by the MsgType and Event read so far; `undefined` if it has none. */
export function typedFields(msgType: string, event: string): TypedFields | undefined {
  const type = msgType.toLowerCase();
  return type === 'event' ? (EVENTS.get(event.toLowerCase()) ?? OTHER_EVENTS) : MESSAGES.get(type);
}

/** Names of the typed fields within blocks. */
export const NESTED_TYPED_NAMES: ReadonlySet<string> = new Set(
  [...EVENTS.values()].filter((row) => row.inside !== 'xml').flatMap((row) => row.names),
);
