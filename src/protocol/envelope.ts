import { requiredParameter, type CallbackQuery } from './callback-query.js';
import type { Cipher } from './cipher.js';
import type { AppId } from './ids.js';
import { SILENCE } from './passive-xml.js';
import { PushRefused } from './refusal.js';
import { envelopeSignature, isSignatureShaped, signatureMatches, urlSignature } from './signature.js';
import { parseXml } from './xml.js';
import { scanXml } from './xml-scanner.js';

export { parseCallbackQuery, timestampSkewS, type CallbackQuery } from './callback-query.js';

/** How bodies travel: 明文, 兼容, 安全. Comes from our configuration, never from the request. */
export type CipherMode = 'plaintext' | 'compatible' | 'safe';

/** What proves and opens the callbacks of one account. In each list the current one, then the previous one. */
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
  /** Signed, as received; `timestampSkewS` reads it. */
  readonly timestamp: string;
  readonly nonce: string;
  /** The one that was verified: `msg_signature` where the body came sealed, `signature` elsewhere. */
  readonly signature: string;
  readonly sealed: boolean;
  /** `ToUserName` beside `Encrypt`; no signature covers it. */
  readonly outerAccount: string | undefined;
  /** Dresses an answer as this push asks for: under the same key and token. Silence and plaintext stay as they are. */
  seal(inner: string, timestampS: number): string;
}

/**
 * Opens one callback body: proves who sent it, unseals it if it came sealed, returns the inner text.
 *
 * In:   plaintext mode: the push itself, proved by `signature`, which covers no body. Safe and compatible mode: an
 *       envelope whose `Encrypt` is proved by `msg_signature`; whatever stands beside it is not believed.
 * Cost: pure; grows with the body, which the door limits. Freshness of the timestamp is the pipeline's to judge.
 *       `isUrlProven`: `admitUrl` has proved the URL already, so it is not done twice.
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
 * Judges a push by its URL, before its body is read: strangers must not cost us one. In plaintext mode this proves it.
 * Sealed bodies are proved by a signature that covers them, so there the URL has to have one of the right shape, or to
 * be proved by the other signature: then only the body can tell what is wrong with it.
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

/** Whether `signature` proves that the URL is WeChat's, or a copy of one. It covers no body. */
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
 * The answer to the GET by which WeChat asks whether the URL is ours: its `echostr`, to be sent byte for byte as
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

/** The token that explains the signature. All are tried, so that time does not tell which one it was. */
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
  // Few bodies hold the name at all, so only those are parsed twice.
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
 * As `outerFields`, but cheap for whoever has no key: up to here nothing is proven. WeChat's own envelopes are read by
 * the scanner, whatever their size; another layout costs the full parser, and is read only where it is small.
 */
function envelopeFields(body: string): { readonly [name: string]: unknown } {
  const scanned = scanXml(body);
  if (scanned !== undefined) return scanned;
  if (body.length <= ODD_LAYOUT_LIMIT) return outerFields(body);
  throw largeOdd();
}

/** Whoever has seen one URL of plaintext mode can send any body under it, so the same holds there. */
function refuseLargeOdd(body: string): void {
  if (body.length > ODD_LAYOUT_LIMIT && !isJson(body) && scanXml(body) === undefined) throw largeOdd();
}

const largeOdd = (): PushRefused =>
  new PushRefused('body_unreadable', 'The body is large and not laid out as WeChat does it');

/** UTF-16 units of a body in another layout than WeChat's. A sealed push of an ordinary size is below 8,000. */
const ODD_LAYOUT_LIMIT = 32_768;

/** The outermost fields of an XML or JSON body. Of an envelope only texts are asked for, so numbers may suffer. */
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

/** A good signature says nothing about the key, so each is tried: the current one, then the previous one. */
function openWithAnyKey(ciphers: readonly Cipher[], encrypt: string): { text: string; cipher: Cipher } {
  let refusal: PushRefused | undefined; // made only where needed: an error's stack costs more than the opening
  for (const cipher of ciphers) {
    try {
      return { text: cipher.open(encrypt), cipher };
    } catch (error) {
      if (!(error instanceof PushRefused)) throw error;
      // A key that opens and finds a foreign AppID says more than one that does not open.
      if (refusal?.reason !== 'foreign_app_id') refusal = error;
    }
  }
  throw refusal ?? new PushRefused('envelope_undecryptable', 'No EncodingAESKey is configured');
}

/** The values signed are the very texts written. The nonce is free: theirs where it is plain, else a number of ours. */
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
