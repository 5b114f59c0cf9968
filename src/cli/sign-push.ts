import { createCipher, type Cipher } from '../protocol/cipher.js';
import type { CipherMode } from '../protocol/cipher-mode.js';
import { toAppId } from '../protocol/ids.js';
import { signedUrl, signPush as sign, type SignedPush } from '../protocol/sign-push.js';

export type { SignedPush } from '../protocol/sign-push.js';

/** The secrets that WeChat and the server share. */
export interface SharedSecrets {
  readonly appId: string;
  readonly token: string;
  readonly encodingAesKey: string | undefined;
  readonly mode: CipherMode;
}

/** Signs a push as WeChat does, and seals it if the mode requires it. A body with an `Encrypt` is signed unchanged. */
export function signPush(
  order: { to: string; push: string; timestamp: string; nonce: string; user: string },
  secrets: SharedSecrets,
): SignedPush {
  const { push } = order;
  const { token, mode } = secrets;
  const given = textOf(push, 'Encrypt') || undefined;
  if (given !== undefined) return { url: signedUrl(order, token, given), body: push, sealed: true };
  const cipher = mode === 'plaintext' ? undefined : cipherOf(secrets);
  return sign({ ...order, account: textOf(push, 'ToUserName') ?? '' }, { token, mode, cipher });
}

/** Creates the cipher of the account. The caller has checked that there is a key. */
export function cipherOf({ encodingAesKey = '', appId }: SharedSecrets): Cipher {
  return createCipher(encodingAesKey, toAppId(appId));
}

/** Returns the text of the first element with this name, at any depth. */
export function textOf(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>\\s*(?:<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>|([^<]*?))\\s*</${name}>`).exec(
    xml,
  );
  return found?.[1] ?? found?.[2];
}
