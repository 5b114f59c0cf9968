import { afterEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { secretFingerprint } from '../../src/crypto/fingerprint.js';
import { PROBE_NONCE } from '../../src/protocol/callback-query.js';
import { urlSignature } from '../../src/protocol/signature.js';
import { FIXTURE_ACCOUNT } from '../support/wechat/seal.js';
import { createTestApp, FIXTURE_SETTINGS, FIXTURE_TIME_MS, type TestApp } from '../support/app/test-app.js';
import { post, textXml, wire } from '../support/wechat/wire-push.js';

let app: TestApp;
afterEach(() => app.close());

const status = async () => (await request(app.app.admin).get('/status')).body;
const plaintext = { mode: 'plaintext' } as const;
const fails = (): never => {
  throw new RangeError('out of reach');
};

/** The query of a handshake as `doctor` sends it. */
function probeQuery(token: string, digit: string): Record<string, string> {
  const timestamp = String(FIXTURE_TIME_MS / 1_000);
  const nonce = PROBE_NONCE + digit.repeat(16);
  return { timestamp, nonce, signature: urlSignature(token, timestamp, nonce), echostr: '7' };
}

describe('given the status of a server', () => {
  test('when it is asked for, then it has everything that docs/operations.md lists, and no secret', async () => {
    app = await createTestApp({
      handlers: {
        echo: { on: 'message.text', handle: (ctx) => ctx.reply.text('heard') },
        fails: { on: 'event.click', handle: fails },
      },
    });
    await post(app.http, wire(textXml(), plaintext));
    await post(app.http, { ...wire(textXml(), plaintext), query: {} });
    const answer = await status();
    expect(answer).toMatchObject({
      status: 'ready',
      why: 'all is well',
      process: { role: 'all' },
      storage: { kind: 'journal', degraded: false, failing: false, spilledRecords: 0 },
      lateWork: { waiting: 0, inMailbox: 0 },
      deadLetters: {},
      alarms: [],
      refusals: [{ account: 'default', reason: 'signature_missing', count: 1, signed: false }],
      probes: {},
    });
    expect(answer.storage.freeBytes).toBeGreaterThan(0);
    expect(answer.accounts).toMatchObject([
      {
        name: 'default',
        appId: FIXTURE_ACCOUNT.appId,
        path: '/wechat',
        cipherMode: 'plaintext',
        lateReply: { channel: 'customer-service', why: 'granted' },
        token: { channel: 'stable' },
        lastAcceptedAt: new Date(FIXTURE_TIME_MS).toISOString(),
      },
    ]);
    expect(answer.accessPoints.points).toHaveLength(5);
    expect(answer.handlers).toMatchObject([
      { name: 'fails', on: ['event.click'], calls: 0, errors: 0 },
      { name: 'echo', on: ['message.text'], calls: 1, errors: 0, p50Ms: 0, p99Ms: 0 },
    ]);
    for (const secret of [
      FIXTURE_SETTINGS.WECHAT_APP_SECRET,
      FIXTURE_ACCOUNT.token,
      FIXTURE_ACCOUNT.encodingAesKey,
    ])
      expect(JSON.stringify(answer)).not.toContain(secret);
  });

  test('when secrets are compared, then their fingerprints tell the same from another one', async () => {
    app = await createTestApp();
    const { fingerprints } = (await status()).accounts[0];
    const { appId, token, encodingAesKey } = FIXTURE_ACCOUNT;
    expect(fingerprints.token).toEqual([secretFingerprint('token', appId, token)]);
    expect(fingerprints.aesKey[0]).toBe(secretFingerprint('aes-key', appId, encodingAesKey));
    expect(fingerprints.aesKey[1]).not.toBe(fingerprints.aesKey[0]);
    expect(fingerprints.token[0]).toMatch(/^[0-9a-f]{4}$/);
  });

  test('when doctor asks, then its refusals are told by their nonce, and count as nobody’s', async () => {
    app = await createTestApp();
    const handshake = (path: string, token: string, digit: string) =>
      request(app.http).get(path).query(probeQuery(token, digit));
    expect((await handshake('/wechat', 'another token', '1')).status).toBe(403);
    expect((await handshake('/WeChat', FIXTURE_ACCOUNT.token, '2')).status).toBe(404);
    expect((await handshake('/wechat', FIXTURE_ACCOUNT.token, '3')).text).toBe('7');
    const { probes, refusals, accounts } = await status();
    expect(probes).toEqual({
      [`${PROBE_NONCE}${'1'.repeat(16)}`]: 'signature_mismatch',
      [`${PROBE_NONCE}${'2'.repeat(16)}`]: 'wrong_path',
    });
    expect(refusals).toEqual([]);
    expect(accounts[0]).not.toHaveProperty('lastAcceptedAt');
    expect(await app.app.operations.troubles()).toEqual([]);
  });

  test('when doctor asked often, then the oldest of its refusals are forgotten', async () => {
    app = await createTestApp();
    for (let time = 0; time < 60; time += 1) {
      const timestamp = String(FIXTURE_TIME_MS / 1_000);
      const nonce = `${PROBE_NONCE}${String(time).padStart(16, '0')}`;
      await request(app.http)
        .get('/wechat')
        .query({ timestamp, nonce, signature: 'a'.repeat(40), echostr: '1' });
    }
    expect(Object.keys((await status()).probes)).toHaveLength(50);
  });
});
