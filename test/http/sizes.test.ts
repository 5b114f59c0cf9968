import { request as ask, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApp, type TestApp } from '../support/app/test-app.js';
import { cipherModes, post, textXml, wire, type CipherMode } from '../support/wechat/wire-push.js';

const KIB = 1024;
const LIMITS: { readonly [mode in CipherMode]: number } = {
  plaintext: 256 * KIB,
  compatible: 1024 * KIB,
  safe: 256 * KIB,
};

/** POSTs in pieces, without saying how much there will be, and writes all of it whatever the server says. */
async function postInPieces(app: TestApp, query: Record<string, string>, pieces: readonly Buffer[]) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sending = ask(
      `http://127.0.0.1:${app.port}/wechat?${new URLSearchParams(query).toString()}`,
      { method: 'POST', headers: { 'Transfer-Encoding': 'chunked' } },
      resolve,
    );
    sending.once('error', reject);
    for (const piece of pieces) sending.write(piece);
    sending.end();
  });
  response.resume();
  return response;
}

describe.each(cipherModes)('given the size limit of %s mode', (mode) => {
  let app: TestApp;
  let runs = 0;
  beforeAll(async () => {
    app = await createTestApp({
      handlers: { any: { on: '*', handle: () => void (runs += 1) } },
      settings: { WECHAT_CIPHER_MODE: mode },
    });
  });
  afterAll(() => app.close());
  const limit = LIMITS[mode];
  const sized = (size: number) => {
    const { query, body } = wire(textXml(), { mode });
    return { query, body: body + '\n'.repeat(size - Buffer.byteLength(body)) };
  };

  test('when a body is just as large as allowed, then it is taken', async () => {
    const response = await post(app.http, sized(limit));
    expect([response.status, response.text, runs]).toEqual([200, 'success', 1]);
  });

  test('when a body is one byte larger, then the answer is 413 and nothing runs', async () => {
    const response = await post(app.http, sized(limit + 1));
    expect([response.status, response.text]).toEqual([413, '']);
    expect(app.reasons().at(-1)).toBe('too_large');
    expect(runs).toBe(1);
  });

  test('when 2 MB come, announced or in pieces, then the sender hears 413', async () => {
    const { query, body } = sized(2 * KIB * KIB);
    expect((await post(app.http, { query, body })).status).toBe(413);
    const pieces = Array.from({ length: 32 }, () => Buffer.alloc(64 * KIB, ' '));
    const response = await postInPieces(app, query, pieces);
    expect([response.statusCode, response.headers.connection]).toEqual([413, 'close']);
    expect(runs).toBe(1);
  });

  test('when a body comes byte by byte, then it is read as one', async () => {
    const { query, body } = wire(textXml(), { mode });
    const pieces = Array.from(Buffer.from(body), (byte) => Buffer.of(byte));
    expect((await postInPieces(app, query, pieces)).statusCode).toBe(200);
    expect(runs).toBe(2);
  });
});
