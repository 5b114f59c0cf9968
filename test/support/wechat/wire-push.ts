import request, { type Response, type Test } from 'supertest';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { FIXTURE_TIME_MS, USER_TEXT } from '../app/test-app.js';
import { pushAsWeChat, type PushOptions, type WirePush } from './seal.js';

export type CipherMode = NonNullable<PushOptions['mode']>;
export const cipherModes: readonly CipherMode[] = ['plaintext', 'compatible', 'safe'];

let pushes = 0;

/** A text push as XML: another one at each call, unless `MsgId` is given. */
export function textXml(elements: Readonly<Record<string, string>> = {}): string {
  pushes += 1;
  const all = {
    ToUserName: 'gh_b52b1f8c3a7d',
    FromUserName: 'oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA',
    CreateTime: String(FIXTURE_TIME_MS / 1000),
    MsgType: 'text',
    Content: USER_TEXT,
    MsgId: String(25_000_000_000_000_000n + BigInt(pushes)),
    ...elements,
  };
  const children = Object.entries(all).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`);
  return `<xml>${children.join('\n')}\n</xml>`;
}

/** Signs (and seals) a push under a nonce that no other push of the tests has. */
export function wire(xml: string, options: PushOptions = {}): WirePush {
  pushes += 1;
  return pushAsWeChat(xml, { mode: 'plaintext', nonce: String(100_000 + pushes), ...options });
}

/** POSTs a push as WeChat does. */
export function post(http: Server, { query, body }: WirePush, path = '/wechat'): Test {
  return request(http).post(path).query(query).type('text/xml').send(body);
}

/** Everything that a caller can see of a response. */
export function face({ status, headers, text }: Response): object {
  const { date: _, ...told } = headers as Record<string, string>;
  return { status, headers: told, text };
}

/** Response to every refused request. */
export const REFUSAL = {
  status: 403,
  headers: {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': '0',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  },
  text: '',
} as const;

/** A push as the bytes of a request, for a connection that stays open. */
export function rawPush({ query, body }: WirePush): string {
  const length = Buffer.byteLength(body);
  const url = `/wechat?${new URLSearchParams(query).toString()}`;
  return `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

/** Writes to a plain connection; `text` is all that came back by the time the server ended it. */
export function exchange(
  port: number,
  pieces: readonly string[],
): { write(piece: string): void; readonly text: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('utf8');
  for (const piece of pieces) socket.write(piece);
  let heard = '';
  const text = new Promise<string>((resolve, reject) => {
    socket.on('data', (more: string) => (heard += more));
    socket.once('error', reject);
    socket.once('close', () => resolve(heard));
  });
  return { write: (piece) => void socket.write(piece), text };
}
