import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.js';
import { SANDBOX_ACCOUNT } from '../../src/sandbox/default-account.js';

const tlsFile = (name: string): Buffer => readFileSync(`test/support/tls/${name}.pem`);
const TOKEN_PATH = `/cgi-bin/token?grant_type=client_credential&appid=${SANDBOX_ACCOUNT.appId}&secret=${SANDBOX_ACCOUNT.appSecret}`;

let sandbox: Sandbox;
let ports: Awaited<ReturnType<Sandbox['start']>>;
afterEach(() => sandbox.stop());

async function start(options: SandboxOptions): Promise<void> {
  sandbox = createSandbox({ port: 0, ...options });
  ports = await sandbox.start();
}

/** Sends a Host, which `fetch` would refuse. */
function get(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  { port, ca }: { readonly port: number; readonly ca?: Buffer } = ports,
): Promise<{ status: number; cookie: string; body: string }> {
  return new Promise((resolve, reject) => {
    const request = ca === undefined ? httpRequest : httpsRequest;
    const options = { host: '127.0.0.1', port, path, headers, ca, servername: 'localhost' };
    request(options, (response) => {
      let body = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (body += chunk))
        .on('end', () => {
          const cookie = (response.headers['set-cookie'] ?? []).join();
          resolve({ status: response.statusCode ?? 0, cookie, body });
        });
    })
      .on('error', reject)
      .end();
  });
}

describe('given a sandbox that listens for others', () => {
  test('when its page is asked for, then only the printed address opens it, and its cookie keeps it open', async () => {
    await start({ host: '0.0.0.0' });
    const host = 'sandbox:8090';
    expect((await get('/', { host })).status).toBe(401);
    expect((await get('/api/state', { host })).status).toBe(401);
    expect((await get('/?key=wrong', { host })).status).toBe(401);
    const { pathname, search } = new URL(sandbox.pageUrl());
    expect(search.length).toBeGreaterThan('?key='.length + 20);
    const opened = await get(`${pathname}${search}`, { host });
    expect(opened.status).toBe(303);
    const [cookie = ''] = opened.cookie.split(';');
    expect((await get('/', { host, cookie })).status).toBe(200);
    expect((await get('/api/state', { host, cookie: `a=b; ${cookie}` })).status).toBe(200);
  });

  test('when a program sends the key, then it is served; when a foreign page does, then it is not', async () => {
    await start({ host: '0.0.0.0', key: 'a key of my own' });
    const authorization = 'Bearer a key of my own';
    expect((await get('/api/state', { authorization })).status).toBe(200);
    expect((await get('/api/state', { authorization, origin: 'http://evil.example' })).status).toBe(403);
  });

  test('when a server in a container calls the API side, then it is answered without the key', async () => {
    await start({ host: '0.0.0.0' });
    expect((await get(TOKEN_PATH, { host: 'host.docker.internal:8090' })).body).toContain('access_token');
  });
});

describe('given a sandbox on loopback', () => {
  test('when it is started, then its page has no key, and a foreign Host gets the API side only', async () => {
    await start({});
    expect(sandbox.pageUrl()).toBe(sandbox.url());
    expect((await get('/api/state', { host: 'sandbox' })).status).toBe(403);
    expect((await get(TOKEN_PATH, { host: 'api2.weixin.qq.com' })).body).toContain('access_token');
    // The name that leads here is the access point.
    expect(sandbox.state.calls.list()).toMatchObject([{ accessPoint: 'api2' }]);
  });

  test('when a client knows only https, then it is answered there, as WeChat’s own name', async () => {
    const tls = { port: 0, cert: tlsFile('server-cert'), key: tlsFile('server-key') };
    await start({ tls });
    const https = { port: ports.tlsPort ?? 0, ca: tlsFile('test-ca') };
    expect((await get(TOKEN_PATH, { host: 'api.weixin.qq.com' }, https)).body).toContain('access_token');
  });
});
