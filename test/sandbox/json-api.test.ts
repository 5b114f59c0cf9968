import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROUTES } from '../../src/sandbox/http-api/serve-json.js';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { startTinyServer } from './support/tiny-server.js';

let sandbox: Sandbox;
let tiny: Awaited<ReturnType<typeof startTinyServer>>;
beforeAll(async () => {
  tiny = await startTinyServer('development');
  sandbox = createSandbox({ port: 0, account: { target: tiny.url, mode: 'plaintext' } });
  await sandbox.start();
});
afterAll(async () => {
  await sandbox.stop();
  await tiny.stop();
});

async function ask(method: string, path: string, body?: unknown) {
  const response = await fetch(`${sandbox.url()}${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const answer: unknown = await response.json();
  return { status: response.status, answer };
}

/** Sends a foreign Host or Origin, which `fetch` would refuse. */
function askRaw(headers: Record<string, string>, path = '/api/state', method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    httpRequest(`${sandbox.url()}${path}`, { method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}

describe('given the JSON API', () => {
  test('when a push is asked for, then its attempts and verdict come back, and can be looked up', async () => {
    const { answer } = await ask('POST', '/api/push', { kind: 'message.text', fields: { Content: 'hi' } });
    expect(answer).toMatchObject({
      exchanges: [
        {
          kind: 'message.text',
          state: 'done',
          tries: [{ outcome: 'answered', status: 200, signatures: [{ name: 'signature' }] }],
          verdict: { outcome: 'reply', reply: { type: 'text', content: '你说：hi' } },
        },
      ],
    });
    const [exchange] = sandbox.state.exchanges.list().slice(-1);
    expect((await ask('GET', `/api/exchanges/${exchange?.id}`)).answer).toEqual(exchange);
    expect((await ask('GET', '/api/chat?limit=2')).answer).toMatchObject({
      items: [{ from: 'follower' }, { from: 'account', via: 'passive', exchange: exchange?.id }],
    });
  });

  test('when a push is not waited for, then it is still running', async () => {
    const { answer } = await ask('POST', '/api/push', { wait: false });
    expect(answer).toMatchObject({ exchanges: [{ state: 'running', tries: [] }] });
  });

  test.each([
    ['POST', '/api/push', { kind: 'poem' }, 400],
    ['POST', '/api/push', { kinds: 'message.text' }, 400],
    ['POST', '/api/push', { fields: { 'a><b': 'x' } }, 400],
    ['POST', '/api/push', { copies: 1_000 }, 400],
    ['POST', '/api/replay', { exchange: 'x999999' }, 404],
    ['POST', '/api/act', { action: 'tap', button: '0' }, 400],
    ['POST', '/api/faults', { kind: 'content-type', contentType: 'a\r\nb: c' }, 400],
    ['PUT', '/api/account', { encodingAesKey: 'short' }, 400],
    ['PUT', '/api/account', { target: 'file:///etc/passwd' }, 400],
    ['DELETE', '/api/faults/f99', undefined, 404],
    ['GET', '/api/nothing', undefined, 404],
    ['DELETE', '/api/state', undefined, 405],
    ['GET', '/api/chat?limit=-1', undefined, 400],
  ])(
    'when %s %s comes with %j, then the status is %i and a sentence says why',
    async (method, path, body, status) => {
      const told = await ask(method, path, body);
      expect(told).toMatchObject({ status, answer: { error: expect.stringMatching(/\S/) } });
    },
  );

  test('when every operation is looked up, then it stands in the OpenAPI file, and the other way round', async () => {
    const response = await fetch(`${sandbox.url()}/api/openapi.json`);
    const { paths }: { paths: Record<string, object> } = JSON.parse(await response.text());
    const documented = Object.entries(paths)
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
      .filter((operation) => operation !== 'GET /api/events');
    expect(documented.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
  });

  test('when the state is asked for, then it holds what the page needs first', async () => {
    const { answer } = await ask('GET', '/api/state');
    expect(answer).toMatchObject({
      account: { appId: 'wxdevelopment0001' },
      accessPoints: { length: 5 },
      followers: [{ nickname: '小明' }, { nickname: '小红' }, { nickname: 'Alex' }],
      book: { forcedLeft: 20 },
    });
    expect((await ask('GET', '/api/console-form')).answer).toMatchObject({
      url: tiny.url,
      environment: { WECHAT_API_BASE_URLS: expect.stringContaining('/api.weixin.qq.com,') },
    });
  });

  test('when time is moved, then the sandbox is two days ahead', async () => {
    const { answer } = await ask('POST', '/api/clock', { advanceMs: 172_800_000 });
    expect(answer).toMatchObject({ movedMs: 172_800_000 });
    expect(sandbox.clock.now()).toBeGreaterThan(Date.now() + 172_700_000);
  });

  test('when time is turned back, then it is the machine’s again, and all is reset', async () => {
    await ask('POST', '/api/clock', { advanceMs: 172_800_000 });
    expect((await ask('POST', '/api/clock', { back: true })).answer).toMatchObject({ movedMs: 0 });
    expect(sandbox.clock.now()).toBeLessThan(Date.now() + 60_000);
    expect(sandbox.state.exchanges.list()).toEqual([]);
    await ask('PUT', '/api/account', { target: tiny.url, mode: 'plaintext' });
  });

  test('when a menu is set, then it is checked as menu/create does, and an empty one removes it', async () => {
    const button = [{ type: 'click', name: 'good', key: 'GOOD' }];
    expect((await ask('PUT', '/api/menu', { button })).answer).toEqual({ current: button });
    expect(await ask('PUT', '/api/menu', { button: [{ type: 'click', name: 'good' }] })).toMatchObject({
      status: 400,
      answer: { error: expect.stringContaining('40019') },
    });
    expect((await ask('PUT', '/api/menu', { button: [] })).answer).toEqual({ current: null });
  });

  test('when an API is called for the page, then with a token, and it stands among the calls', async () => {
    const { answer } = await ask('GET', '/api/endpoints');
    expect(answer).toMatchObject({
      endpoints: expect.arrayContaining([{ path: '/cgi-bin/menu/get', method: 'GET' }]),
    });
    expect(
      (await ask('POST', '/api/call', { path: '/cgi-bin/menu/get', token: 'stable' })).answer,
    ).toMatchObject({
      status: 200,
      errcode: 46003,
    });
    expect(sandbox.state.calls.list().at(-1)).toMatchObject({ path: '/cgi-bin/menu/get', errcode: 46003 });
  });

  test('when a picture was uploaded, then the page gets its bytes; of anything else nothing', async () => {
    const png = Buffer.from('89504e470d0a1a0a', 'hex');
    const keep = (bytes: Buffer) =>
      sandbox.state.media.keep(
        { type: 'image', fileName: 'a', contentType: 'image/png', bytes, title: '', introduction: '' },
        'permanent',
      ).id;
    const picture = await fetch(`${sandbox.url()}/media/${keep(png)}`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await picture.arrayBuffer())).toEqual(png);
    expect((await fetch(`${sandbox.url()}/media/${keep(Buffer.from('<script>'))}`)).status).toBe(404);
    expect((await fetch(`${sandbox.url()}/media/none`)).status).toBe(404);
  });

  test('when a conversation is exported, then it can be replayed as a test, and fails once the server changed', async () => {
    await ask('POST', '/api/reset');
    await ask('PUT', '/api/account', { target: tiny.url, mode: 'plaintext' });
    await ask('POST', '/api/push', { fields: { Content: 'again' } });
    await ask('POST', '/api/push', { kind: 'event.CLICK', fields: { EventKey: 'K' } });
    const { answer: transcript } = await ask('GET', '/api/transcript');
    expect((await ask('POST', '/api/transcript/replay', transcript)).answer).toMatchObject({
      passed: 2,
      failed: 0,
    });
    await ask('PUT', '/api/account', { token: 'another' });
    expect((await ask('POST', '/api/transcript/replay', transcript)).answer).toMatchObject({
      failed: 2,
      entries: [{ actual: { outcome: 'failure', cause: 'http-status' } }, {}],
    });
    expect((await ask('POST', '/api/transcript', transcript)).answer).toMatchObject({
      exchanges: [{ tries: [], state: 'done', verdict: { outcome: 'reply' } }, {}],
    });
    await ask('PUT', '/api/account', { token: 'development' });
  });

  test('when a scenario is sent, then it runs here, and a wrong step is named', async () => {
    const steps = [{ push: {}, expect: { outcome: 'reply' } }];
    expect((await ask('POST', '/api/scenario', { name: 'one', steps })).answer).toMatchObject({
      passed: true,
    });
    expect((await ask('POST', '/api/scenario', { name: 'x', steps: [{ psh: {} }] })).status).toBe(400);
  });
});

describe('given somebody who must stay out', () => {
  test.each([
    ['a name that leads here by DNS', { host: 'sandbox.attacker.example' }, '/api/state'],
    ['a foreign page', { origin: 'https://attacker.example' }, '/api/state'],
    ['a foreign page that calls the API side', { origin: 'null' }, '/cgi-bin/token'],
    [
      'a picture in a page of another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
      '/api/state',
    ],
  ])('when the request comes from %s, then it is refused', async (_who, headers, path) => {
    expect(await askRaw(headers, path)).toBe(403);
  });

  test('when a form is posted as a page could without asking, then it is refused', async () => {
    const response = await fetch(`${sandbox.url()}/api/push`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(415);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each(['/../sandbox.ts', '/..%2fsandbox.ts', '/%2e%2e/clock.ts', '/index.ts'])(
    'when %s is asked for, then no file outside of the page is served',
    async (path) => {
      expect(await askRaw({}, path)).toBe(404);
    },
  );
});

describe('given the event stream', () => {
  test('when a follower types, then the stream has events of push, chat and state', async () => {
    const leave = new AbortController();
    const response = await fetch(`${sandbox.url()}/api/events`, { signal: leave.signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = response.body?.getReader();
    await ask('POST', '/api/push', { fields: { Content: 'line\nbreak' } });
    const seen: string[] = [];
    const decoder = new TextDecoder();
    let told = '';
    while (!told.includes('"via":"passive"')) {
      const piece = await reader?.read(); // one after the other, as a stream is
      if (piece === undefined || piece.done) break;
      told += decoder.decode(piece.value, { stream: true });
    }
    for (const [, name] of told.matchAll(/^event: (.+)$/gm)) if (name !== undefined) seen.push(name);
    for (const [, data] of told.matchAll(/^data: (.+)$/gm))
      expect(() => JSON.parse(data ?? '')).not.toThrow();
    expect(seen).toEqual(expect.arrayContaining(['book', 'exchange', 'chat']));
    leave.abort();
  });
});
