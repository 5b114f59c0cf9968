import { createCipher, type Cipher } from '../protocol/cipher.js';
import type { CipherMode } from '../protocol/envelope.js';
import { toAppId } from '../protocol/ids.js';
import { envelopeSignature, urlSignature } from '../protocol/signature.js';

/** What both sides know of an account. */
export interface SharedSecrets {
  readonly appId: string;
  readonly token: string;
  readonly encodingAesKey: string | undefined;
  readonly mode: CipherMode;
}

export interface SignedPush {
  readonly url: URL;
  readonly body: string;
  /** The body's outermost part travels sealed, so the answer must, too. */
  readonly sealed: boolean;
}

/**
 * Signs a push as WeChat does, and seals it where the mode asks for it. A body that holds an `Encrypt` already is
 * signed as it is.
 */
export function signPush(
  {
    to,
    push,
    timestamp,
    nonce,
    user,
  }: { to: string; push: string; timestamp: string; nonce: string; user: string },
  secrets: SharedSecrets,
): SignedPush {
  const url = new URL(to);
  const add = (name: string, value: string) => url.searchParams.append(name, value);
  add('signature', urlSignature(secrets.token, timestamp, nonce));
  add('timestamp', timestamp);
  add('nonce', nonce);
  if (user !== '') add('openid', user);
  const given = sealedPartOf(push);
  if (given === undefined && secrets.mode === 'plaintext') return { url, body: push, sealed: false };

  const encrypt = given ?? cipherOf(secrets).seal(push);
  add('encrypt_type', 'aes');
  add('msg_signature', envelopeSignature(secrets.token, timestamp, nonce, encrypt));
  return { url, body: given === undefined ? envelope(push, encrypt, secrets.mode) : push, sealed: true };
}

/** The cipher of the account; callers have made sure that there is a key. */
export function cipherOf({ encodingAesKey = '', appId }: SharedSecrets): Cipher {
  return createCipher(encodingAesKey, toAppId(appId));
}

/** The text of one element, at any depth, where it occurs first. */
export function textOf(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>\\s*(?:<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>|([^<]*?))\\s*</${name}>`).exec(
    xml,
  );
  return found?.[1] ?? found?.[2];
}

const sealedPartOf = (push: string): string | undefined => textOf(push, 'Encrypt') || undefined;

function envelope(push: string, encrypt: string, mode: CipherMode): string {
  const sealed = `<Encrypt><![CDATA[${encrypt}]]></Encrypt>`;
  if (mode === 'compatible' && push.includes('</xml>')) {
    const end = push.lastIndexOf('</xml>');
    return `${push.slice(0, end)}${sealed}\n${push.slice(end)}`;
  }
  const account = textOf(push, 'ToUserName') ?? '';
  return `<xml><ToUserName><![CDATA[${account}]]></ToUserName>\n${sealed}\n</xml>`;
}
