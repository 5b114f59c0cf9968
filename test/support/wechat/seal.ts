import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

/*
 * Signs and seals as WeChat does, written from the documentation independently of our own code, so that tests compare
 * two readings.
 */

/** One account as the tests know it. */
export interface TestAccount {
  readonly appId: string;
  readonly token: string;
  readonly encodingAesKey: string;
}

/** The account of the sealed fixtures (`fixtures/KEYS.txt`). */
export const FIXTURE_ACCOUNT: TestAccount = {
  appId: 'wx1a2b3c4d5e6f7081',
  token: 'fixtureToken2026',
  encodingAesKey: 'Qk9jVzdzTmZ4cUwyYUhkR3RSeUU1dU1pUDh2WmswYld',
};

/** The key before the present one, for rotation. */
export const PREVIOUS_FIXTURE_KEY = 'T2xkS2V5T2xkS2V5T2xkS2V5T2xkS2V5T2xkS2V5T2w';

/** SHA-1 over the sorted parts: three of them sign a URL, four an envelope. */
export function sign(...parts: string[]): string {
  return createHash('sha1').update(parts.sort().join('')).digest('hex');
}

export interface SealOptions {
  /** 16 characters that lead the plaintext. */
  readonly random?: string;
  /** Bytes instead of the padding that is right. */
  readonly padding?: Buffer;
  /** A length field instead of the one that is right. */
  readonly length?: number;
}

/** The text of `<Encrypt>`. Options make it wrong on purpose. */
export function encrypt(text: string | Buffer, account: TestAccount, options: SealOptions = {}): string {
  const content = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(options.length ?? content.length);
  const body = Buffer.concat([
    Buffer.from(options.random ?? 'a1b2c3d4e5f60718'),
    length,
    content,
    Buffer.from(account.appId),
  ]);
  const pad = 32 - (body.length % 32);
  return encryptRaw(Buffer.concat([body, options.padding ?? Buffer.alloc(pad, pad)]), account.encodingAesKey);
}

/** AES alone: whole blocks in, Base64 out. */
export function encryptRaw(blocks: Buffer, encodingAesKey: string): string {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(blocks), cipher.final()]).toString('base64');
}

/** The blocks of a ciphertext, padding and all. */
export function decryptRaw(sealed: string, encodingAesKey: string): Buffer {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([decipher.update(sealed, 'base64'), decipher.final()]);
}

/** A request as WeChat would make it: the query's parameters and the body. */
export interface WirePush {
  readonly query: Record<string, string>;
  readonly body: string;
}

export interface PushOptions {
  readonly mode?: 'plaintext' | 'compatible' | 'safe';
  readonly account?: TestAccount;
  /** Unix seconds as text. */
  readonly timestamp?: string;
  readonly nonce?: string;
  readonly openId?: string;
  /** `ToUserName` beside `Encrypt`. */
  readonly toUserName?: string;
  /** The ciphertext to send instead of the one that is right; it is signed as it stands. */
  readonly encrypt?: string;
}

/** Signs a push, and seals it where the mode says so. */
export function pushAsWeChat(xml: string, options: PushOptions = {}): WirePush {
  const {
    mode = 'safe',
    account = FIXTURE_ACCOUNT,
    timestamp = '1736670151',
    nonce = '1820486341',
  } = options;
  const query: Record<string, string> = {
    signature: sign(account.token, timestamp, nonce),
    timestamp,
    nonce,
    openid: options.openId ?? 'oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA',
  };
  if (mode === 'plaintext') return { query, body: xml };
  const sealed = options.encrypt ?? encrypt(xml, account);
  query['encrypt_type'] = 'aes';
  query['msg_signature'] = sign(account.token, timestamp, nonce, sealed);
  const element = `<Encrypt><![CDATA[${sealed}]]></Encrypt>`;
  if (mode === 'compatible') return { query, body: xml.replace(/<\/xml>\s*$/, `${element}\n</xml>`) };
  const to = options.toUserName ?? 'gh_b52b1f8c3a7d';
  return { query, body: `<xml>\n    <ToUserName><![CDATA[${to}]]></ToUserName>\n    ${element}\n</xml>\n` };
}

/** The GET by which WeChat asks whether the URL is ours. */
export function handshakeAsWeChat(
  echostr: string,
  account = FIXTURE_ACCOUNT,
  timestamp = '1736670151',
  nonce = '1820486341',
): Record<string, string> {
  return { signature: sign(account.token, timestamp, nonce), timestamp, nonce, echostr };
}
