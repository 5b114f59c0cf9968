import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { createPageSigner } from '../../src/api/page-signer.js';
import { createPageSignatureRoute } from '../../src/http/page-signature-route.js';
import { captureLog, type LogLine } from '../support/app/handler-runtime.js';
import { ManualClock } from '../support/time/manual-clock.js';
import { portOf } from '../support/processes/port-of.js';

const TICKETS = { jsapi: 'TICKET-OF-PAGES', wx_card: 'TICKET-OF-CARDS' };
const clock = new ManualClock(1_414_587_457_900);
const signer = createPageSigner({ appId: 'wxTests', tickets: { get: async (type) => TICKETS[type] }, clock });

let http: Server;
let lines: LogLine[];
afterEach(() => {
  http.close();
  expect(JSON.stringify(lines)).not.toMatch(/TICKET|[0-9a-f]{40}/);
});

async function start(signing: Parameters<typeof createPageSignatureRoute>[0]['signer'] = signer) {
  const log = captureLog();
  ({ lines } = log);
  const hosts = ['www.example.com', '127.0.0.1:8080'];
  http = createServer(createPageSignatureRoute({ signer: signing, hosts, log }));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const base = `http://127.0.0.1:${portOf(http)}/`;
  return async (query: string, init: RequestInit = {}) => {
    const response = await fetch(base + query, init);
    const text = await response.text();
    const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
    return { status: response.status, headers: response.headers, body };
  };
}
const asking = (url: string): string => `?url=${encodeURIComponent(url)}`;
const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

describe('given a page of an allowed host', () => {
  test('when it asks, then it gets what wx.config needs, signed over its address as it sent it', async () => {
    const ask = await start();
    for (const url of [
      'https://www.example.com',
      'https://www.example.com?params=value',
      'https://www.example.com/%E4%BD%A0?a=%2f&b=1+2&c=~!*',
      'https://www.example.com//a/../b',
      'http://127.0.0.1:8080/page?from=singlemessage&isappinstalled=0',
    ]) {
      const { status, headers, body } = await ask(asking(url));
      expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(Object.keys(body)).toEqual(['appId', 'timestamp', 'nonceStr', 'signature']);
      expect(body).toMatchObject({ appId: 'wxTests', timestamp: 1_414_587_457 });
      expect(body['signature']).toBe(
        sha1(
          `jsapi_ticket=TICKET-OF-PAGES&noncestr=${String(body['nonceStr'])}&timestamp=1414587457&url=${url}`,
        ),
      );
      const withHash = await ask(asking(`${url}#/route?x=1`));
      expect(withHash.body['signature']).toBe(
        sha1(
          `jsapi_ticket=TICKET-OF-PAGES&noncestr=${String(withHash.body['nonceStr'])}&timestamp=1414587457&url=${url}`,
        ),
      );
    }
  });

  test('when it asks twice, then the nonces differ', async () => {
    const ask = await start();
    const url = asking('https://www.example.com/');
    expect((await ask(url)).body['nonceStr']).not.toBe((await ask(url)).body['nonceStr']);
  });

  test('when it stands on an allowed host of another origin, then it may read the answer', async () => {
    const ask = await start();
    const url = asking('https://www.example.com/');
    const ours = await ask(url, { headers: { origin: 'https://www.example.com' } });
    expect([ours.status, ours.headers.get('access-control-allow-origin'), ours.headers.get('vary')]).toEqual([
      200,
      'https://www.example.com',
      'Origin',
    ]);
    const preflight = await ask(url, { method: 'OPTIONS', headers: { origin: 'https://www.example.com' } });
    expect(preflight.status).toBe(204);
    expect((await ask(url)).headers.get('access-control-allow-origin')).toBeNull();
    for (const origin of ['https://evil.com', 'https://www.example.com.evil.com', 'null']) {
      const { status, headers, body } = await ask(url, { headers: { origin } });
      expect([status, headers.get('access-control-allow-origin'), body['signature']]).toEqual([
        403,
        null,
        undefined,
      ]);
    }
  });
});

describe('given an address that is not to be signed', () => {
  test('when only its port is another, then the refusal says that the port counts', async () => {
    const ask = await start();
    const { status, body } = await ask(asking('https://www.example.com:8443/'));
    expect([status, body['message']]).toEqual([
      403,
      'this host is not signed for; the port counts: JS_SDK_HOSTS has to hold www.example.com:8443',
    ]);
  });

  test.each([
    'https://evil.com/',
    'https://www.example.com.evil.com/',
    'https://www.example.com:8443/',
    'http://127.0.0.1/',
    'https://www.example.com:443:80/',
    'https://www.example.com@evil.com/',
    'https://evil.com\\@www.example.com/',
    'https://evil.com/?https://www.example.com',
    '//www.example.com/',
    'www.example.com',
    'file://www.example.com/',
    'https://www.example.com/ ',
    'https://www.example.com/\n',
    '',
  ])('when it is %j, then it is refused', async (url) => {
    const ask = await start();
    const { status, body } = await ask(asking(url));
    expect([400, 403]).toContain(status);
    expect(body['signature']).toBeUndefined();
  });

  test('when it is longer than any address, then it is refused', async () => {
    const ask = await start();
    expect((await ask(asking(`https://www.example.com/${'a'.repeat(4_000)}`))).status).toBe(400);
  });

  test('when the page did not encode it, then it hears how to', async () => {
    const ask = await start();
    for (const query of [
      '',
      '?',
      '?url=',
      '?url=%zz',
      '?url=https://www.example.com/?a=1&b=2',
      '?x=1&url=a',
    ]) {
      const { status, body } = await ask(query);
      expect([status, body['message']]).toEqual([400, expect.stringContaining('encodeURIComponent')]);
    }
  });
});

describe('given no ticket', () => {
  test('when a page asks, then it hears to try later, and nothing of why', async () => {
    const ask = await start({ signPage: () => Promise.reject(new Error('no ticket')) });
    const { status, body } = await ask(asking('https://www.example.com/'));
    expect([status, body]).toEqual([503, { error: 'try_later' }]);
  });
});

describe('given a card', () => {
  test('when it is signed, then over all the values that are sent, and the ticket of cards', async () => {
    await start();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1 }),
        fc.option(fc.string(), { nil: undefined }),
        fc.option(fc.string(), { nil: undefined }),
        async (cardId, code, openId) => {
          const ext = await signer.signCard({
            cardId,
            ...(code !== undefined && { code }),
            ...(openId !== undefined && { openId }),
          });
          const { signature, ...sent } = ext;
          const values = [...Object.values(sent), cardId, TICKETS.wx_card].sort();
          expect(signature).toBe(sha1(values.join('')));
          expect([ext.code, ext.openid, ext.timestamp]).toEqual([code, openId, '1414587457']);
        },
      ),
      { numRuns: 50 },
    );
  });
});
