import type { Cipher } from './cipher.js';
import type { CipherMode } from './cipher-mode.js';
import { envelopeSignature, urlSignature } from './signature.js';

/** The secrets with which WeChat signs and seals its pushes to one server. */
export interface PushKeys {
  readonly token: string;
  readonly mode: CipherMode;
  /** Only plaintext mode needs none. */
  readonly cipher: Cipher | undefined;
}

/** A push, before it is signed. */
export interface UnsignedPush {
  /** URL of the server. Its own query stays. */
  readonly to: string;
  /** XML or JSON. */
  readonly push: string;
  /** `ToUserName`, for the envelope of safe mode. */
  readonly account: string;
  /** Sender; '' for none. */
  readonly user: string;
  /** Seconds since 1970. */
  readonly timestamp: string;
  readonly nonce: string;
}

export interface SignedPush {
  readonly url: URL;
  readonly body: string;
  /** True if the body is sealed, so that the answer must be sealed, too. */
  readonly sealed: boolean;
}

/** Signs a push as WeChat does, and seals it if the mode requires it. @throws TypeError without a needed cipher */
export function signPush(push: UnsignedPush, { token, mode, cipher }: PushKeys): SignedPush {
  if (mode === 'plaintext') return { url: signedUrl(push, token), body: push.push, sealed: false };
  if (cipher === undefined) throw new TypeError(`${mode} mode needs an EncodingAESKey`);
  const encrypt = cipher.seal(push.push);
  const body = mode === 'compatible' ? besidePlain(push, encrypt) : envelope(push, encrypt);
  return { url: signedUrl(push, token, encrypt), body, sealed: true };
}

/** Returns the URL with the signature of the query, and that of `encrypt` if the body is sealed. */
export function signedUrl(
  { to, user, timestamp, nonce }: Omit<UnsignedPush, 'push' | 'account'>,
  token: string,
  encrypt?: string,
): URL {
  const url = new URL(to);
  const add = (name: string, value: string) => url.searchParams.append(name, value);
  add('signature', urlSignature(token, timestamp, nonce));
  add('timestamp', timestamp);
  add('nonce', nonce);
  if (user !== '') add('openid', user);
  if (encrypt === undefined) return url;
  add('encrypt_type', 'aes');
  add('msg_signature', envelopeSignature(token, timestamp, nonce, encrypt));
  return url;
}

const element = (encrypt: string): string => `<Encrypt><![CDATA[${encrypt}]]></Encrypt>`;

/** The body of compatible mode. A body that is no XML has no place for it, and is sealed whole. */
function besidePlain(push: UnsignedPush, encrypt: string): string {
  const end = push.push.lastIndexOf('</xml>');
  if (end < 0) return envelope(push, encrypt);
  return `${push.push.slice(0, end)}${element(encrypt)}\n${push.push.slice(end)}`;
}

const envelope = ({ account }: UnsignedPush, encrypt: string): string =>
  `<xml><ToUserName><![CDATA[${account}]]></ToUserName>\n${element(encrypt)}\n</xml>`;
