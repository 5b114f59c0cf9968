import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/*
 * WeChat's side of the envelope, written from the documentation independently of the server's code, so that tests
 * compare two readings. Source: "消息加解密说明", 技术方案.
 */

const PAD_TO = 32;

/** Returns the text of `<Encrypt>`: AES-256-CBC over random(16) ‖ length(4, big-endian) ‖ text ‖ AppID, padded to 32. */
export function seal(text: string, encodingAesKey: string, appId: string): string {
  const content = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  // WeChat's sixteen random bytes are ASCII hex digits.
  const body = Buffer.concat([
    Buffer.from(randomBytes(8).toString('hex')),
    length,
    content,
    Buffer.from(appId),
  ]);
  const pad = PAD_TO - (body.length % PAD_TO);
  const key = keyOf(encodingAesKey);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(body), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString(
    'base64',
  );
}

/** Returns the plaintext and the AppID that follows it; `undefined` if the key, the padding or the length is wrong. */
export function unseal(encrypt: string, encodingAesKey: string): { text: string; appId: string } | undefined {
  const sealed = Buffer.from(encrypt, 'base64');
  if (sealed.length === 0 || sealed.length % 16 !== 0) return undefined;
  const key = keyOf(encodingAesKey);
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(sealed), decipher.final()]);
  const pad = plain.at(-1) ?? 0;
  const end = plain.length - pad;
  if (pad < 1 || pad > PAD_TO || end < 20 || plain.subarray(end).some((byte) => byte !== pad))
    return undefined;
  const textEnd = 20 + plain.readUInt32BE(16);
  if (textEnd > end) return undefined;
  return { text: plain.toString('utf8', 20, textEnd), appId: plain.toString('utf8', textEnd, end) };
}

function keyOf(encodingAesKey: string): Buffer {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  if (key.length !== 32) throw new TypeError('an EncodingAESKey is 43 letters and digits');
  return key;
}
