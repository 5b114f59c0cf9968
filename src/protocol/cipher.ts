import { isUtf8 } from 'node:buffer';
import { createCipheriv, createDecipheriv, createSecretKey, randomFillSync } from 'node:crypto';
import WXBizMsgCrypt from 'wechat-crypto';
import { isEncodingAesKey } from './encoding-aes-key.js';
import type { AppId } from './ids.js';
import { PushRefused } from './refusal.js';

/** Encrypts and decrypts the content of `<Encrypt>` with one EncodingAESKey. */
export interface Cipher {
  /**
   * Decrypts Base64 to text. Verify `msg_signature` first: only that proves the sender.
   *
   * @throws PushRefused `envelope_undecryptable` for a wrong key or damage of any kind, always the same error;
   *                     `foreign_app_id` if it opened and holds another account's AppID
   */
  open(encrypt: string): string;
  /** Encrypts text to Base64. 16 random bytes at the start make each result differ. */
  seal(text: string): string;
}

const ALGORITHM = 'aes-256-cbc';
const BLOCK = 16;
/** WeChat pads to 32 bytes although AES blocks have 16, so pads of 17 to 32 are legal. */
const MAX_PAD = 32;
const RANDOM_BYTES = 16;
/** Random bytes are fetched for this many seals at once: a fetch costs as much as the rest of a seal. */
const SEALS_PER_FETCH = 256;
const HEAD_BYTES = RANDOM_BYTES + 4;

/**
 * Creates a cipher for one key of one account.
 *
 * `wechat-crypto` derives key and IV; encryption happens here (docs/decisions/0019). One cipher and one decipher serve
 * all envelopes: in CBC the preceding data only affects the first block, which is the 16 random bytes.
 *
 * @throws TypeError if the key is not 43 letters and digits; the configuration checks that earlier
 * Source: "消息加解密说明", 技术方案: AES-256-CBC, IV = first half of the key, random(16) ‖ length(4, big-endian) ‖ text ‖ AppID.
 */
export function createCipher(encodingAesKey: string, appId: AppId): Cipher {
  if (!isEncodingAesKey(encodingAesKey)) {
    throw new TypeError(
      `An EncodingAESKey is 43 letters and digits; this text has ${encodingAesKey.length} characters`,
    );
  }
  // The package requires a callback token, but only for its signatures, which `signature.ts` makes instead.
  const crypt = new WXBizMsgCrypt('unused', encodingAesKey, appId);
  const key = createSecretKey(crypt.key);
  // With whole blocks and no automatic padding, update() returns everything and keeps no state but the last block.
  const cipher = createCipheriv(ALGORITHM, key, crypt.iv).setAutoPadding(false);
  const decipher = createDecipheriv(ALGORITHM, key, crypt.iv).setAutoPadding(false);
  const ownId = Buffer.from(appId);

  return {
    open(encrypt) {
      const sealed = Buffer.from(encrypt, 'base64');
      if (sealed.length === 0 || sealed.length % BLOCK !== 0) throw undecryptable();
      const plain = decipher.update(sealed);
      const end = endOfContent(plain);
      const textEnd = HEAD_BYTES + plain.readUInt32BE(RANDOM_BYTES);
      if (textEnd > end || !isUtf8(plain.subarray(HEAD_BYTES, textEnd))) throw undecryptable();
      if (plain.compare(ownId, 0, ownId.length, textEnd, end) !== 0) {
        throw new PushRefused(
          'foreign_app_id',
          'The envelope opened, but was sealed for another AppID: compare WECHAT_APP_ID with the console',
        );
      }
      return plain.toString('utf8', HEAD_BYTES, textEnd);
    },
    seal(text) {
      const bytes = Buffer.byteLength(text);
      const idAt = HEAD_BYTES + bytes;
      const end = idAt + ownId.length;
      const pad = MAX_PAD - (end % MAX_PAD);
      const plain = Buffer.allocUnsafe(end + pad);
      putRandom(plain);
      plain.writeUInt32BE(bytes, RANDOM_BYTES);
      plain.write(text, HEAD_BYTES);
      plain.set(ownId, idAt);
      plain.fill(pad, end);
      return cipher.update(plain).toString('base64');
    },
  };
}

const random = Buffer.alloc(RANDOM_BYTES * SEALS_PER_FETCH);
let randomUsed = random.length;

/** Writes 16 random bytes, used nowhere else, to the start of `plain`. */
function putRandom(plain: Buffer): void {
  if (randomUsed === random.length) {
    randomFillSync(random);
    randomUsed = 0;
  }
  random.copy(plain, 0, randomUsed, (randomUsed += RANDOM_BYTES));
}

/** Returns where the padding begins, after a check: 1 to 32 bytes that all hold their number. */
function endOfContent(plain: Buffer): number {
  const pad = plain[plain.length - 1] ?? 0;
  const end = plain.length - pad;
  if (pad < 1 || pad > MAX_PAD || end < HEAD_BYTES) throw undecryptable();
  for (let at = end; at < plain.length; at++) if (plain[at] !== pad) throw undecryptable();
  return end;
}

/** The same error for every failure: with a fixed IV, a distinct padding error would be an oracle. */
function undecryptable(): PushRefused {
  return new PushRefused(
    'envelope_undecryptable',
    'The envelope does not open: compare WECHAT_ENCODING_AES_KEY (and the previous one) with the console',
  );
}
