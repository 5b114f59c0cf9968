import { parseStrictXml } from '../../protocol/xml.js';
import type { Fields, FieldValue } from '../../protocol/fields.js';
import { unseal } from '../wire/envelope.js';
import { signatureSteps } from '../wire/sign.js';
import type { Exchange } from './exchange.js';
import type { Target } from './target.js';

/** Faults in the form of an answer that make WeChat reject it. */
export type Fault =
  | 'bom' //              a BOM before the first letter
  | 'blanks-before' //    blanks before the first letter
  | 'inexact-silence' //  means `success` and is spelt otherwise
  | 'sealed-silence' //   `success` in an envelope
  | 'sealed-nothing' //   an empty text in an envelope
  | 'not-xml' //          JSON, HTML, any text
  | 'malformed' //        begins like XML and is none
  | 'unsealed' //         reply XML in the clear, in safe mode
  | 'not-an-envelope' //  sealed in plaintext mode, or a part of the envelope is missing
  | 'milliseconds' //     TimeStamp of the envelope is in milliseconds
  | 'padded-to-16' //     the sealed bytes are no multiple of 32
  | 'msg-signature' //    does not fit TimeStamp, Nonce and Encrypt
  | 'does-not-open' //    another key, or bad padding
  | 'foreign-app-id'; //  sealed under another AppID

/** An answer as WeChat reads it. `fields`: those of a reply that can be read in spite of its faults. */
export interface Answer {
  readonly kind: 'nothing' | 'status' | 'silence' | 'reply' | 'other';
  readonly faults: readonly Fault[];
  readonly fields?: Fields;
  /** Content of a text reply with the blanks around it, which an element without CDATA may have, too. */
  readonly content?: string;
  /** Plaintext of a sealed answer. */
  readonly opened?: string;
}

/** Reads an answer, and unseals it if necessary. Source: "被动回复用户消息"; "消息加解密说明". */
export function readAnswer(exchange: Exchange, target: Target): Answer {
  if (exchange.failure !== undefined) return { kind: 'nothing', faults: [] };
  if (exchange.status !== 200) return { kind: 'status', faults: [] };
  const { text } = exchange;
  if (text === '' || text === 'success') return { kind: 'silence', faults: [] };
  const body = text.replace(/^[\uFEFF\s]+/, '');
  if (/^"?success"?\s*$/i.test(body)) return { kind: 'silence', faults: ['inexact-silence'] };
  const before = text.slice(0, text.length - body.length);
  const faults: Fault[] = before === '' ? [] : [before.includes('\uFEFF') ? 'bom' : 'blanks-before'];
  const outer = body.startsWith('<') && !/^<(!doctype|html)/i.test(body) ? readXml(body) : 'not-xml';
  if (typeof outer === 'string') return { kind: 'other', faults: [...faults, outer] };
  return outer['Encrypt'] === undefined
    ? plainReply(body, outer, faults, target)
    : openReply(outer, faults, target);
}

/** True if the server accepted the push: with silence, or with a reply, even a faulty one. */
export const accepted = ({ kind, faults }: Answer): boolean =>
  kind === 'silence' || kind === 'reply' || faults.includes('malformed');

/** Returns the text of a field; '' if it is absent or not a text. */
export function leaf(value: FieldValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Returns a nested block; an empty one if it is absent or not a block. */
export function block(value: FieldValue | undefined): Fields {
  return typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function plainReply(xml: string, fields: Fields, faults: readonly Fault[], { mode }: Target): Answer {
  return {
    kind: 'reply',
    faults: mode === 'safe' ? [...faults, 'unsealed'] : faults,
    ...readFields(xml, fields),
  };
}

const readFields = (xml: string, fields: Fields): Pick<Answer, 'fields' | 'content'> => ({
  fields,
  content: leaf(parseStrictXml(xml, { keepBlanks: true })['Content']),
});

function openReply(outer: Fields, before: readonly Fault[], target: Target): Answer {
  const [encrypt = '', signature = '', timestamp = '', nonce = ''] = [
    'Encrypt',
    'MsgSignature',
    'TimeStamp',
    'Nonce',
  ].map((name) => leaf(outer[name]));
  const faults = [...before];
  const complete = [encrypt, signature, timestamp, nonce].every((part) => part !== '');
  if (target.mode === 'plaintext' || !complete || !/^\d+$/.test(timestamp)) faults.push('not-an-envelope');
  if (target.mode === 'plaintext') return { kind: 'reply', faults };
  if (/^\d{12,}$/.test(timestamp)) faults.push('milliseconds');
  const expected = signatureSteps('msg_signature', [target.token, timestamp, nonce, encrypt]).sha1;
  if (complete && expected !== signature) faults.push('msg-signature');
  const inside = unseal(encrypt, target.encodingAesKey);
  if (inside === undefined) return { kind: 'reply', faults: [...faults, 'does-not-open'] };
  if (inside.appId !== target.appId) faults.push('foreign-app-id');
  if (Buffer.from(encrypt, 'base64').length % PAD_TO !== 0) faults.push('padded-to-16');
  if (inside.text === '' || inside.text === 'success')
    return {
      kind: 'silence',
      faults: [...faults, inside.text === '' ? 'sealed-nothing' : 'sealed-silence'],
      opened: inside.text,
    };
  const fields = readXml(inside.text);
  return typeof fields === 'string'
    ? { kind: 'other', faults: [...faults, fields], opened: inside.text }
    : { kind: 'reply', faults, opened: inside.text, ...readFields(inside.text, fields) };
}

const PAD_TO = 32;

function readXml(text: string): Fields | 'malformed' {
  try {
    return parseStrictXml(text);
  } catch {
    return 'malformed';
  }
}
