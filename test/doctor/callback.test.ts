import { createServer as createHttpsServer } from 'node:https';
import { createServer as createHttpServer } from 'node:http';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { createServer } from '../../src/embed.js';
import { silentLogger } from '../../src/ports/logger.js';
import { urlSignature } from '../../src/protocol/signature.js';
import {
  buffers,
  changesAnswer,
  changesBody,
  compresses,
  forwardsTo,
  hangs,
  passes,
  redirects,
  refusesPosts,
  says,
  swallowsPosts,
  type Rule,
} from '../support/doctor/front-proxy.js';
import { faultsOf, reads, runsWith, treat, type Case, type Illness } from '../support/doctor/patient.js';
import { testCases, usePatient } from '../support/doctor/cases.js';
import { portOf, sparePort } from '../support/processes/port-of.js';

const patient = usePatient();

const OTHER_KEY = 'Qk9jVzdzTmZ4cUwyYUhkR3RSeUU1dU1pUDh2WmswYlX';

/** Puts something wrong in front of the server. */
const front =
  (rule: Rule): Illness =>
  async ({ proxy }) => {
    proxy.rule = rule;
    return () => void (proxy.rule = passes);
  };

const consoleUrl =
  (change: (url: string) => string): Illness =>
  async (sick) => {
    const before = sick.url;
    sick.url = change(before);
    return () => void (sick.url = before);
  };

/** Another server of ours behind the URL, with other settings; the one beside doctor is well. */
const leadsToAnother =
  (settings: Record<string, string>): Illness =>
  async (sick) => {
    const port = String(await sparePort());
    const ours = { PORT: port, ADMIN_PORT: '0', DATA_DIR: `${sick.dir}/another` };
    const other = await createServer({ ...sick.env, ...ours, ...settings }, { logger: silentLogger });
    await other.start();
    const before = sick.url;
    sick.url = `http://127.0.0.1:${port}/wechat`;
    return async () => {
      sick.url = before;
      await other.stop();
    };
  };

/** WeChat's handshake, signed with another token, as the console sends it. */
const consoleSigns =
  (token: string): Illness =>
  async (sick) => {
    const ask = async (with_: string): Promise<void> => {
      const [timestamp, nonce] = [String(Math.floor(Date.now() / 1_000)), '1372623149'];
      const query = { timestamp, nonce, echostr: '1', signature: urlSignature(with_, timestamp, nonce) };
      await fetch(`${sick.url}?${String(new URLSearchParams(query))}`);
    };
    await ask(token);
    return () => ask(sick.env['WECHAT_TOKEN'] ?? '');
  };

const listensAt =
  (
    server: ReturnType<typeof createHttpServer> | ReturnType<typeof createHttpsServer>,
    scheme: string,
  ): Illness =>
  async (sick) => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const putBack = await consoleUrl(() => `${scheme}://localhost:${portOf(server)}/wechat`)(sick);
    return async () => {
      await putBack();
      server.closeAllConnections();
      server.close();
    };
  };

const LOGIN = '<!doctype html><title>登录</title><form method="post"><input name="password"></form>';

const WAY: readonly Case[] = [
  [
    'no server runs',
    'listener',
    async (sick) => {
      await sick.stopServer();
      return () => sick.restart();
    },
  ],
  [
    'something else has the port',
    'listener',
    async (sick) => {
      await sick.stopServer();
      const other = createHttpServer((_request, response) => response.end('It works!'));
      other.listen(Number(sick.env['PORT']), '127.0.0.1');
      await once(other, 'listening');
      return async () => {
        other.closeAllConnections();
        other.close();
        await once(other, 'close');
        await sick.restart();
      };
    },
  ],
  [
    'the server runs with another ADMIN_KEY',
    'listener',
    runsWith({ ADMIN_KEY: 'another-admin-key-of-theirs' }),
  ],
  ['the name does not resolve', 'url-name', consoleUrl(() => 'http://no-such-host.invalid/wechat')],
  ['nobody takes connections', 'url-connect', consoleUrl(() => 'http://127.0.0.1:1/wechat')],
  [
    'https is asked of a port that speaks http',
    'url-tls',
    consoleUrl((url) => url.replace('http:', 'https:')),
  ],
  // An address of this machine that is none of those which doctor knows as such.
  [
    'the port is neither 80 nor 443',
    'url-port',
    consoleUrl((url) => url.replace('127.0.0.1', '[::ffff:127.0.0.1]')),
  ],
  ['it is redirected to https', 'url-redirect', front(redirects(301, 'https://www.example.com/wechat'))],
  ['it is redirected to www', 'url-redirect', front(redirects(302, '//www.example.com/wechat'))],
  ['it is redirected to a slash', 'url-redirect', front(redirects(308, '/wechat/'))],
  ['another site answers 404', 'url-path', front(says(404, '<h1>Not Found</h1>'))],
  ['a login page answers 200', 'url-path', front(says(200, LOGIN))],
  ['a login is asked for', 'url-path', front(says(401, 'Authorization Required'))],
  ['a firewall answers 403 with a page', 'url-path', front(says(403, '<h1>Blocked</h1>'))],
  ['the proxy does not reach the server', 'url-path', front(says(502, '<h1>Bad Gateway</h1>'))],
  ['the proxy adds a prefix', 'url-path', front(forwardsTo('/api/wechat'))],
  ['the proxy adds a slash too many', 'url-path', front(forwardsTo('/wechat//'))],
  ['the proxy drops the query', 'url-path', front(forwardsTo('/wechat', false))],
  [
    'the console has a different letter case',
    'url-path',
    consoleUrl((url) => url.replace('/wechat', '/WeChat')),
  ],
];

const SECRETS: readonly Case[] = [
  ['the server was not restarted with the new token', 'token', runsWith({ WECHAT_TOKEN: 'the-old-token' })],
  [
    'the URL leads to a server with another token',
    'token',
    leadsToAnother({ WECHAT_TOKEN: 'of-the-test-stage' }),
  ],
  ['the console has a different token', 'token', consoleSigns('typed-with-a-slip')],
  ['the server is in plaintext mode', 'mode', runsWith({ WECHAT_CIPHER_MODE: 'plaintext' })],
  [
    'the URL leads to a server in plaintext mode',
    'mode',
    leadsToAnother({ WECHAT_CIPHER_MODE: 'plaintext' }),
  ],
  [
    'doctor reads plaintext mode and the server is in safe mode',
    'mode',
    reads('WECHAT_CIPHER_MODE', 'plaintext'),
  ],
  ['the server has another key', 'aes-key', runsWith({ WECHAT_ENCODING_AES_KEY: OTHER_KEY })],
  [
    'the URL leads to a server with another key',
    'aes-key',
    leadsToAnother({ WECHAT_ENCODING_AES_KEY: OTHER_KEY }),
  ],
  ['the server is another account’s', 'app-id', runsWith({ WECHAT_APP_ID: 'wxanother00000001' })],
  ['the server has another original id', 'app-id', runsWith({ WECHAT_ORIGINAL_ID: 'gh_another' })],
];

const BODIES: readonly Case[] = [
  ['bodies are eaten', 'body', front(changesBody(() => Buffer.alloc(0)))],
  ['POSTs are swallowed', 'body', front(swallowsPosts)],
  ['bodies are cut at 10,000 bytes', 'body', front(changesBody((body) => body.subarray(0, 10_000)))],
  ['bodies over 1 KB are refused', 'body', front(refusesPosts(413, (body) => body.length > 1_024))],
  ['POST is not allowed', 'body', front(refusesPosts(405))],
  [
    'bodies are encoded anew',
    'body',
    front(
      changesBody((body) =>
        Buffer.from(body.toString().replace('<Encrypt><![CDATA[', '<Encrypt><![CDATA[A')),
      ),
    ),
  ],
  [
    'something is added to answers',
    'answer',
    front(changesAnswer((text) => `${text}<script src="/ad.js"></script>`)),
  ],
  [
    'an error page takes the place of answers to pushes',
    'answer',
    front(changesAnswer((text) => text.replace('success', LOGIN))),
  ],
  ['answers are compressed', 'answer', front(compresses)],
  ['answers are held back', 'answer', front(buffers(2_200))],
  ['nothing is ever answered', 'answer', front(hangs)],
];

describe('given a server behind a proxy on loopback', () => {
  test('when nothing is wrong, then there is no fault', async () => {
    expect(faultsOf(await patient().diagnose())).toEqual([]);
  });

  testCases(patient, [...WAY, ...SECRETS, ...BODIES]);

  test('when the certificate is self-signed, then url-tls is the first fault', async () => {
    const [key, cert] = await Promise.all(
      ['key', 'cert'].map((name) => readFile(`test/support/doctor/self-signed-${name}.pem`)),
    );
    const server = createHttpsServer({ key, cert }, (_request, response) => response.end());
    const { sick, cured } = await treat(patient(), listensAt(server, 'https'));
    expect([sick.first, faultsOf(cured)]).toEqual(['url-tls', []]);
    expect(sick.steps.find(({ id }) => id === 'url-tls')?.says.en).toContain('SELF_SIGNED');
  });
});

describe('given a server whose admin listener cannot be reached', () => {
  test.each<Case>([
    ['it has another token', 'token', runsWith({ WECHAT_TOKEN: 'the-old-token', ADMIN_PORT: '0' })],
    ['it is in plaintext mode', 'mode', runsWith({ WECHAT_CIPHER_MODE: 'plaintext', ADMIN_PORT: '0' })],
    ['it has another key', 'aes-key', runsWith({ WECHAT_ENCODING_AES_KEY: OTHER_KEY, ADMIN_PORT: '0' })],
  ])('when %s, then %s is named all the same', async (_what, first, illness) => {
    const { sick, cured } = await treat(patient(), illness);
    expect([sick.first, faultsOf(cured)]).toEqual([first, []]);
    expect(sick.steps.find(({ id }) => id === 'listener')?.state).toBe('warning');
  });
});
