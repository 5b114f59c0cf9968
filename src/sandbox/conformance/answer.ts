import { parseStrictXml } from '../../protocol/xml.js';
import type { Fields, FieldValue } from '../../protocol/fields.js';
import { unseal } from '../wire/envelope.js';
import { signatureSteps } from '../wire/sign.js';
import type { Exchange } from './exchange.js';
import type { Target } from './target.js';

/** What WeChat takes amiss in the form of an answer. */
export type Fault =
  | 'before-body' //      a BOM or blanks before the first letter
  | 'inexact-silence' //  means `success` and is spelt otherwise
  | 'sealed-silence' //   `success` in an envelope
  | 'not-xml' //          JSON, HTML, any text
  | 'malformed' //        begins like XML and is none
  | 'unsealed' //         reply XML in the clear, in safe mode
  | 'not-an-envelope' //  sealed in plaintext mode, or a part of the envelope is missing
  | 'msg-signature' //    does not fit TimeStamp, Nonce and Encrypt
  | 'does-not-open' //    another key, or bad padding
  | 'foreign-app-id'; //  sealed under another AppID

/** An answer as WeChat reads it. `fields`: of a reply, as far as it can be read in spite of its faults. */
export interface Answer {
  readonly kind: 'nothing' | 'status' | 'silence' | 'reply' | 'other';
  readonly faults: readonly Fault[];
  readonly fields?: Fields;
  /** What was found in a sealed one. */
  readonly opened?: string;
}

/** Reads an answer, unsealing it where it came sealed. Source: "被动回复用户消息"; "消息加解密说明". */
export function readAnswer(exchange: Exchange, target: Target): Answer {
  if (exchange.failure !== undefined) return { kind: 'nothing', faults: [] };
  if (exchange.status !== 200) return { kind: 'status', faults: [] };
  const { text } = exchange;
  if (text === '' || text === 'success') return { kind: 'silence', faults: [] };
  const body = text.replace(/^[\uFEFF\s]+/, '');
  if (/^"?success"?\s*$/i.test(body)) return { kind: 'silence', faults: ['inexact-silence'] };
  const faults: Fault[] = body === text ? [] : ['before-body'];
  const outer = body.startsWith('<') && !/^<(!doctype|html)/i.test(body) ? readXml(body) : 'not-xml';
  if (typeof outer === 'string') return { kind: 'other', faults: [...faults, outer] };
  return outer['Encrypt'] === undefined
    ? plainReply(outer, faults, target)
    : openReply(outer, faults, target);
}

/** Whether the server took the push: with silence, or with a reply, well written or not. */
export const accepted = ({ kind, faults }: Answer): boolean =>
  kind === 'silence' || kind === 'reply' || faults.includes('malformed');

/** One leaf of a block; '' where it is missing or no leaf. */
export function leaf(value: FieldValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** One block; without children where it is missing or no block. */
export function block(value: FieldValue | undefined): Fields {
  return typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function plainReply(fields: Fields, faults: readonly Fault[], { mode }: Target): Answer {
  return { kind: 'reply', faults: mode === 'safe' ? [...faults, 'unsealed'] : faults, fields };
}

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
  const expected = signatureSteps('msg_signature', [target.token, timestamp, nonce, encrypt]).sha1;
  if (complete && expected !== signature) faults.push('msg-signature');
  const inside = unseal(encrypt, target.encodingAesKey);
  if (inside === undefined) return { kind: 'reply', faults: [...faults, 'does-not-open'] };
  if (inside.appId !== target.appId) faults.push('foreign-app-id');
  if (inside.text === '' || inside.text === 'success')
    return { kind: 'silence', faults: [...faults, 'sealed-silence'], opened: inside.text };
  const fields = readXml(inside.text);
  return typeof fields === 'string'
    ? { kind: 'other', faults: [...faults, fields], opened: inside.text }
    : { kind: 'reply', faults, fields, opened: inside.text };
}

function readXml(text: string): Fields | 'malformed' {
  try {
    return parseStrictXml(text);
  } catch {
    return 'malformed';
  }
}
