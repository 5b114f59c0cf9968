import type { Fields } from './fields.js';
import { readReplyXml } from './read-reply-xml.js';
import { PushRefused } from './refusal.js';
import { SILENCE } from './passive-xml.js';
import type { PushKeys } from './sign-push.js';
import { envelopeSignature, signatureMatches } from './signature.js';

/** The reason why WeChat would not open a body as a reply. */
export type OpenFault =
  | 'html' //              a web page
  | 'not-xml' //           JSON, plain words
  | 'malformed-xml' //     begins like XML and is not well-formed
  | 'unsealed' //          a plain reply in safe mode
  | 'missing-field' //     an envelope without TimeStamp, Nonce or MsgSignature
  | 'bad-msg-signature' // MsgSignature does not fit TimeStamp, Nonce and Encrypt
  | 'bad-envelope'; //     sealed, but it does not open, or its AppID is another's

/** `silence`: no reply, on purpose. */
export type OpenedReply =
  | { readonly type: 'silence' }
  | { readonly type: 'reply'; readonly fields: Fields }
  | { readonly type: 'fault'; readonly fault: OpenFault };

/**
 * Opens the answer of another server to a push that was signed with these keys, as WeChat does: `success` or nothing is
 * silence; in safe mode a reply must be sealed; in compatible mode it may be.
 */
export function openPassiveReply(body: string, keys: PushKeys): OpenedReply {
  if (body === '' || body === SILENCE) return { type: 'silence' };
  const outer = fieldsOf(body);
  if (typeof outer === 'string') return fault(outer);
  const { Encrypt: encrypt } = outer;
  if (keys.mode === 'plaintext' || typeof encrypt !== 'string' || encrypt === '')
    return keys.mode === 'safe' ? fault('unsealed') : { type: 'reply', fields: outer };

  const [timestamp, nonce, signature] = ['TimeStamp', 'Nonce', 'MsgSignature'].map((name) => outer[name]);
  if (!isText(timestamp) || !isText(nonce) || !isText(signature)) return fault('missing-field');
  if (!signatureMatches(envelopeSignature(keys.token, timestamp, nonce, encrypt), signature))
    return fault('bad-msg-signature');
  const text = unsealed(encrypt, keys);
  if (text === undefined) return fault('bad-envelope');
  const fields = fieldsOf(text);
  return typeof fields === 'string' ? fault(fields) : { type: 'reply', fields };
}

function unsealed(encrypt: string, { cipher }: PushKeys): string | undefined {
  try {
    return cipher?.open(encrypt);
  } catch (error) {
    if (error instanceof PushRefused) return undefined;
    throw error;
  }
}

function fieldsOf(body: string): Fields | 'html' | 'not-xml' | 'malformed-xml' {
  const xml = body.trimStart();
  if (/^<(?:!doctype|html)/i.test(xml)) return 'html';
  if (!xml.startsWith('<')) return 'not-xml';
  try {
    return readReplyXml(xml);
  } catch (error) {
    if (error instanceof PushRefused) return 'malformed-xml';
    throw error;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const fault = (which: OpenFault): OpenedReply => ({ type: 'fault', fault: which });
