import { requiredParameter, type CallbackQuery } from './callback-query.js';
import type { CipherMode } from './cipher-mode.js';
import type { Cipher } from './cipher.js';
import type { AppId } from './ids.js';
import { SILENCE } from './passive-xml.js';
import { PushRefused } from './refusal.js';
import { envelopeSignature, isSignatureShaped, signatureMatches, urlSignature } from './signature.js';
import { parseXml } from './xml.js';
import { scanXml } from './xml-scanner.js';

export { parseCallbackQuery, timestampSkewS, type CallbackQuery } from './callback-query.js';

/**
 * Secrets that verify and decrypt the callbacks of an account. Each list holds the current value, then the previous
 * one.
 */
export interface CallbackSecrets {
  readonly appId: AppId;
  readonly mode: CipherMode;
  readonly tokens: readonly [string, ...string[]];
  /** Empty in plaintext mode. */
  readonly ciphers: readonly Cipher[];
}

export interface OpenedEnvelope {
  /** The push, XML or JSON, not yet parsed. */
  readonly text: string;
  /** The signed timestamp, as received. */
  readonly timestamp: string;
  readonly nonce: string;
  /** The verified signature: `msg_signature` of a sealed body, else `signature`. */
  readonly signature: string;
  readonly sealed: boolean;
  /** `ToUserName` beside `Encrypt`. No signature covers it. */
  readonly outerAccount: string | undefined;
  /** Encrypts an answer with the key and token of this push. `success` and plaintext answers stay unchanged. */
  seal(inner: string, timestampS: number): string;
}

/**
 * Opens a callback body: verifies its sender, decrypts it if it is sealed, and returns the inner text.
 *
 * In:   plaintext mode: the push itself, verified by `signature`, which does not cover it. Safe and compatible mode: an
 *       envelope whose `Encrypt` is verified by `msg_signature`; all other elements are ignored. Cost: pure; grows with
 *       the body, whose size the callback handler limits. The pipeline checks the timestamp.
 *       `isUrlProven`: `admitUrl` has verified the URL already.
 *
 * @throws PushRefused signature_missing, signature_mismatch, not_sealed, sealed_unexpectedly, body_unreadable,
 *                     envelope_undecryptable or foreign_app_id
 * Source: Official Account docs, "消息加解密说明".
 */
export function openEnvelope(
  query: CallbackQuery,
  body: string,
  secrets: CallbackSecrets,
  { isUrlProven: isProven = false } = {},
): OpenedEnvelope {
  return secrets.mode === 'plaintext'
    ? openPlain(query, body, secrets, isProven)
    : openSealed(query, body, secrets);
}

/**
 * Checks the URL of a push before its body is read, so that strangers cost no body. In plaintext mode this verifies the
 * sender. The signature of a sealed body covers the body, so here the URL must only have one of the right shape, or a
 * valid `signature`; then the body decides.
 *
 * @throws PushRefused signature_missing or signature_mismatch
 */
export function admitUrl(query: CallbackQuery, secrets: CallbackSecrets): void {
  if (secrets.mode === 'plaintext') {
    verifyUrlSignature(query, secrets);
    return;
  }
  requiredParameter(query, 'timestamp');
  requiredParameter(query, 'nonce');
  const { msg_signature: signature } = query;
  if (typeof signature === 'string' && isSignatureShaped(signature)) return;
  if (isUrlProven(query, secrets)) return;
  requiredParameter(query, 'msg_signature');
  throw mismatch();
}

/** True if `signature` is WeChat's, or a copy of one. It does not cover the body. */
export function isUrlProven(query: CallbackQuery, secrets: CallbackSecrets): boolean {
  try {
    verifyUrlSignature(query, secrets);
    return true;
  } catch (error) {
    if (error instanceof PushRefused) return false;
    throw error;
  }
}

/**
 * Returns the answer to WeChat's verification of the URL (GET): its `echostr`, to be sent byte for byte as
 * `text/plain`. It is never sealed, whatever the mode.
 *
 * @throws PushRefused signature_missing or signature_mismatch
 */
export function answerHandshake(query: CallbackQuery, secrets: CallbackSecrets): string {
  verifyUrlSignature(query, secrets);
  return requiredParameter(query, 'echostr');
}

function readUrl(query: CallbackQuery) {
  const timestamp = requiredParameter(query, 'timestamp');
  const nonce = requiredParameter(query, 'nonce');
  const signature = requiredParameter(query, 'signature');
  return { timestamp, nonce, signature };
}

function verifyUrlSignature(query: CallbackQuery, { tokens }: CallbackSecrets): void {
  const { timestamp, nonce, signature } = readUrl(query);
  matchingToken(tokens, signature, (token) => urlSignature(token, timestamp, nonce));
}

/** Returns the token that matches the signature. Tries all, so that the time does not reveal which one matches. */
function matchingToken(tokens: readonly string[], given: string, sign: (token: string) => string): string {
  let proven: string | undefined;
  for (const token of tokens) if (signatureMatches(sign(token), given)) proven ??= token;
  if (proven !== undefined) return proven;
  throw mismatch();
}

const mismatch = (): PushRefused =>
  new PushRefused(
    'signature_mismatch',
    'No callback token explains the signature: compare WECHAT_TOKEN with the console',
  );

function openPlain(
  query: CallbackQuery,
  body: string,
  secrets: CallbackSecrets,
  isProven: boolean,
): OpenedEnvelope {
  if (!isProven) verifyUrlSignature(query, secrets);
  refuseLargeOdd(body);
  const { timestamp, nonce, signature } = readUrl(query);
  // Few bodies contain this name, and only those are parsed twice.
  if (body.includes('Encrypt') && isOnlySealed(body)) {
    throw new PushRefused(
      'sealed_unexpectedly',
      'The body is sealed, but the mode is plaintext: set WECHAT_ENCODING_AES_KEY and WECHAT_CIPHER_MODE as in the console',
    );
  }
  const seal = (inner: string): string => inner;
  return { text: body, timestamp, nonce, signature, sealed: false, outerAccount: undefined, seal };
}

function isOnlySealed(body: string): boolean {
  const { Encrypt: encrypt, MsgType: kind } = outerFields(body);
  return kind === undefined && typeof encrypt === 'string' && encrypt !== '';
}

function openSealed(query: CallbackQuery, body: string, secrets: CallbackSecrets): OpenedEnvelope {
  const timestamp = requiredParameter(query, 'timestamp');
  const nonce = requiredParameter(query, 'nonce');
  const { Encrypt: encrypt, ToUserName: account } = envelopeFields(body);
  if (typeof encrypt !== 'string' || encrypt === '') {
    throw new PushRefused(
      'not_sealed',
      `The body holds no Encrypt, but the mode is ${secrets.mode}: compare WECHAT_CIPHER_MODE with the console`,
    );
  }
  const signature = requiredParameter(query, 'msg_signature');
  const token = matchingToken(secrets.tokens, signature, (candidate) =>
    envelopeSignature(candidate, timestamp, nonce, encrypt),
  );
  const { text, cipher } = openWithAnyKey(secrets.ciphers, encrypt);
  return {
    text,
    timestamp,
    nonce,
    signature,
    sealed: true,
    outerAccount: typeof account === 'string' ? account : undefined,
    seal: (inner, timestampS) =>
      inner === '' || inner === SILENCE ? inner : sealedXml(inner, cipher, token, timestampS, nonce),
  };
}

/**
 * Reads the outer fields of an unverified body cheaply, since a stranger may have sent it. The scanner reads WeChat's
 * own layout in any size; the full parser reads other layouts only if they are small.
 */
function envelopeFields(body: string): { readonly [name: string]: unknown } {
  const scanned = scanXml(body);
  if (scanned !== undefined) return scanned;
  if (body.length <= ODD_LAYOUT_LIMIT) return outerFields(body);
  throw largeOdd();
}

/** Refuses a large body in an unusual layout. Used in plaintext mode, too, where a copied URL admits any body. */
function refuseLargeOdd(body: string): void {
  if (body.length > ODD_LAYOUT_LIMIT && !isJson(body) && scanXml(body) === undefined) throw largeOdd();
}

const largeOdd = (): PushRefused =>
  new PushRefused('body_unreadable', 'The body is large and not laid out as WeChat does it');

/** Longest body in another layout than WeChat's, in UTF-16 units. An ordinary sealed push is below 8,000. */
const ODD_LAYOUT_LIMIT = 32_768;

/** Reads the outermost fields of an XML or JSON body. Numbers may lose digits, but an envelope needs only texts. */
function outerFields(body: string): { readonly [name: string]: unknown } {
  return isJson(body) ? jsonFields(body) : parseXml(body);
}

const isJson = (body: string): boolean => /^\uFEFF?\s*\{/.test(body);

function jsonFields(body: string): { readonly [name: string]: unknown } {
  try {
    const fields: { [name: string]: unknown } = JSON.parse(body.trim()); // trim() takes the BOM, too
    return fields;
  } catch (cause) {
    throw new PushRefused('body_unreadable', 'The body begins like JSON, but is none', { cause });
  }
}

/** Decrypts with the current key, then with the previous one; a valid signature does not tell which applies. */
function openWithAnyKey(ciphers: readonly Cipher[], encrypt: string): { text: string; cipher: Cipher } {
  let refusal: PushRefused | undefined; // made only where needed: an error's stack costs more than the opening
  for (const cipher of ciphers) {
    try {
      return { text: cipher.open(encrypt), cipher };
    } catch (error) {
      if (!(error instanceof PushRefused)) throw error;
      // A key that decrypts but finds a foreign AppID gives the more precise refusal.
      if (refusal?.reason !== 'foreign_app_id') refusal = error;
    }
  }
  throw refusal ?? new PushRefused('envelope_undecryptable', 'No EncodingAESKey is configured');
}

/**
 * Writes a sealed reply. It signs the very texts that it writes. The nonce is free: WeChat's if it is plain, else our
 * own.
 */
function sealedXml(inner: string, cipher: Cipher, token: string, timestampS: number, theirs: string): string {
  const encrypt = cipher.seal(inner);
  const timestamp = String(timestampS);
  const nonce = /^[0-9A-Za-z]{1,64}$/.test(theirs) ? theirs : timestamp;
  const signature = envelopeSignature(token, timestamp, nonce, encrypt);
  return (
    `<xml><Encrypt><![CDATA[${encrypt}]]></Encrypt><MsgSignature><![CDATA[${signature}]]></MsgSignature>` +
    `<TimeStamp>${timestamp}</TimeStamp><Nonce><![CDATA[${nonce}]]></Nonce></xml>`
  );
}
