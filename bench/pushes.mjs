import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { account } from './account.mjs';

// Code-unit order, as the platform has it.
// oxlint-disable-next-line typescript/require-array-sort-compare
const sign = (...parts) => createHash('sha1').update(parts.sort().join('')).digest('hex');

const key = Buffer.from(`${account.encodingAesKey}=`, 'base64');

function seal(text) {
  const content = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const body = Buffer.concat([randomBytes(16), length, content, Buffer.from(account.appId)]);
  const pad = 32 - (body.length % 32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(body), cipher.update(Buffer.alloc(pad, pad))]).toString('base64');
}

let serial = 0;
const firstId = BigInt(Date.now()) * 1_000_000n;

/**
 * `count` complete requests as WeChat sends them, each a push of its own: its own MsgId, nonce, signature, and
 * envelope in safe mode. All are made before the clock runs.
 */
export function makeRequests(count, mode) {
  const requests = [];
  for (let made = 0; made < count; made += 1) {
    serial += 1;
    const user = `oX4mJ6kq2Zt0v9sQeWcYb1u${String(serial % 5000).padStart(5, '0')}`;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const nonce = String(1_000_000_000 + serial);
    const xml =
      `<xml><ToUserName><![CDATA[${account.originalId}]]></ToUserName>\n` +
      `<FromUserName><![CDATA[${user}]]></FromUserName>\n<CreateTime>${timestamp}</CreateTime>\n` +
      `<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[请问你们几点开门？ ${serial}]]></Content>\n` +
      `<MsgId>${firstId + BigInt(serial)}</MsgId>\n</xml>`;
    let query = `signature=${sign(account.token, timestamp, nonce)}&timestamp=${timestamp}&nonce=${nonce}&openid=${user}`;
    let body = xml;
    if (mode === 'safe') {
      const sealed = seal(xml);
      query += `&encrypt_type=aes&msg_signature=${sign(account.token, timestamp, nonce, sealed)}`;
      body =
        `<xml>\n    <ToUserName><![CDATA[${account.originalId}]]></ToUserName>\n` +
        `    <Encrypt><![CDATA[${sealed}]]></Encrypt>\n</xml>\n`;
    }
    requests.push(
      Buffer.from(
        `POST /wechat?${query} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\n` +
          `Content-Type: text/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      ),
    );
  }
  return requests;
}
