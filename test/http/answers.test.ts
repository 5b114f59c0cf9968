import { afterEach, describe, expect, test } from '@jest/globals';
import { defineHandler } from '../../src/index.js';
import { createCipher } from '../../src/protocol/cipher.js';
import { toAppId } from '../../src/protocol/ids.js';
import { text } from '../../src/protocol/push/read-field.js';
import { parseXml } from '../../src/protocol/xml.js';
import { eventually } from '../support/time/eventually.js';
import { anything } from '../support/app/handler-runtime.js';
import { MemoryStateStore } from '../support/storage/memory-state-store.js';
import { FIXTURE_ACCOUNT, sign } from '../support/wechat/seal.js';
import { createTestApp, USER_TEXT, type TestApp } from '../support/app/test-app.js';
import { cipherModes, face, post, REFUSAL, textXml, wire } from '../support/wechat/wire-push.js';

let app: TestApp;
afterEach(() => app.close());

/** A handler that tells when it began. */
function noticed<T>(handle: () => T) {
  let began = (): void => undefined;
  const running = new Promise<void>((resolve) => (began = resolve));
  let runs = 0;
  return {
    running,
    runs: () => runs,
    handler: { on: 'message.text', handle: () => ((runs += 1), began(), handle()) } as const,
  };
}

describe.each(cipherModes)('given a handler that replies in %s mode', (mode) => {
  test('when a push comes, then the reply goes out as XML, sealed where the push was', async () => {
    app = await createTestApp({
      handlers: { echo: { on: 'message.text', handle: (ctx) => ctx.reply.text('a]]>b 你😄') } },
      settings: { WECHAT_CIPHER_MODE: mode },
    });
    const push = wire(textXml(), { mode });
    const response = await post(app.http, push);
    expect(face(response)).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/xml; charset=utf-8',
        'content-length': String(Buffer.byteLength(response.text)),
        'x-content-type-options': 'nosniff',
      },
    });
    let fields = parseXml(response.text);
    expect('Encrypt' in fields).toBe(mode !== 'plaintext');
    if (mode !== 'plaintext') {
      const [encrypted, stamp, nonce] = ['Encrypt', 'TimeStamp', 'Nonce'].map((name) => text(fields, name));
      expect(text(fields, 'MsgSignature')).toBe(sign(FIXTURE_ACCOUNT.token, stamp!, nonce!, encrypted!));
      const cipher = createCipher(FIXTURE_ACCOUNT.encodingAesKey, toAppId(FIXTURE_ACCOUNT.appId));
      fields = parseXml(cipher.open(encrypted!));
    }
    expect(fields).toMatchObject({
      ToUserName: 'oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA',
      FromUserName: 'gh_b52b1f8c3a7d',
      MsgType: 'text',
      Content: 'a]]>b 你😄',
    });
  });
});

describe.each(cipherModes)('given a user who types the end of CDATA in %s mode', (mode) => {
  test.each([
    'a ]]> b',
    'if (arr[a[0]]>1) {}',
    'x]]></Content><bizmsgmenuid>101</bizmsgmenuid><Content><![CDATA[y',
    'x]]></Content><Encrypt><![CDATA[eA==]]></Encrypt><Content><![CDATA[y',
    'x]]></Content><MsgType><![CDATA[event]]></MsgType><Event>subscribe</Event><Content><![CDATA[y',
  ])('when %j comes unescaped, then the handler gets just that text', async (content) => {
    app = await createTestApp({
      handlers: {
        tell: defineHandler({
          on: 'message.text',
          handle: ({ push, reply }) =>
            reply.text(JSON.stringify([push.content, push.menuItemId, Object.keys(push.fields), push.id])),
        }),
      },
      settings: { WECHAT_CIPHER_MODE: mode },
    });
    const xml = textXml({ Content: content });
    const said = async (): Promise<unknown> => {
      const response = await post(app.http, wire(xml, { mode }));
      expect(response.status).toBe(200);
      const answer = parseXml(response.text);
      const cipher = createCipher(FIXTURE_ACCOUNT.encodingAesKey, toAppId(FIXTURE_ACCOUNT.appId));
      const fields = 'Encrypt' in answer ? parseXml(cipher.open(text(answer, 'Encrypt'))) : answer;
      return JSON.parse(text(fields, 'Content'));
    };
    const first = await said();
    expect(first).toEqual([content, null, Object.keys(parseXml(textXml())), expect.stringMatching(/^msg-/)]);
    expect(await said()).toEqual(first); // the same push, not another one
  });
});

describe('given handlers that fail', () => {
  const fail = (): never => {
    throw new Error('broken on purpose');
  };
  test.each([
    ['throws', fail],
    ['rejects', () => Promise.reject(new Error('broken on purpose'))],
    ['returns nonsense', () => anything({ nonsense: true })],
    ...[42, {}, null, ['a'], new Date(0), undefined].flatMap((content): [string, () => unknown][] => [
      [`returns a text of ${typeof content}`, () => ({ type: 'text', content })],
      [`resolves to a text of ${typeof content}`, async () => ({ type: 'text', content })],
    ]),
    ['returns articles that are none', () => ({ type: 'news', articles: [42] })],
    ['returns a title that is none', () => ({ type: 'video', mediaId: 'm', title: 42 })],
    ['returns a proxy that throws', () => new Proxy({ type: 'text' }, { get: fail })],
    ['returns 50 MB', () => ({ type: 'text', content: 'x'.repeat(50_000_000) })],
  ])(
    'when one %s, then the answer is success, its name is logged, and it is not run again',
    async (_, handle) => {
      const broken = noticed(() => anything(handle()));
      app = await createTestApp({ handlers: { broken: broken.handler } });
      const push = wire(textXml());
      for (let tries = 0; tries < 3; tries += 1) {
        const response = await post(app.http, push);
        expect([response.status, response.text]).toEqual([200, 'success']);
      }
      expect(broken.runs()).toBe(1);
      expect(app.lines.find(({ level }) => level === 'error')?.fields).toMatchObject({ handler: 'broken' });
      expect(await app.queue.size()).toBe(0);
    },
  );

  test('when one never ends, then all its attempts get success at the deadline, and the work is in the queue', async () => {
    const hanging = noticed(() => new Promise<undefined>(() => undefined));
    app = await createTestApp({ handlers: { hanging: hanging.handler } });
    const push = wire(textXml());
    const answering = [push, push, push].map((one) => post(app.http, one).then((response) => response));
    await hanging.running;
    await eventually(() =>
      expect(app.lines.filter(({ fields }) => fields['stage'] === 'joined')).toHaveLength(2),
    );
    await app.clock.advance(4_499);
    await app.jobsPut(1);
    expect(app.lines.filter(({ fields }) => fields['stage'] === 'adopted')).toEqual([]);
    await app.clock.advance(1);
    for (const response of await Promise.all(answering))
      expect([response.status, response.text]).toEqual([200, 'success']);
    expect(hanging.runs()).toBe(1);
    expect(await app.queue.size()).toBe(1);
  });

  test('when one answers after the deadline, then its answer goes out as a customer-service message', async () => {
    let finish: ((text: string) => void) | undefined;
    const slow = noticed(() => new Promise<string>((resolve) => (finish = resolve)));
    app = await createTestApp({
      handlers: {
        slow: { on: '*', handle: async (ctx) => ctx.reply.text(await slow.handler.handle()) },
      },
    });
    const answering = post(app.http, wire(textXml())).then((response) => response);
    await slow.running;
    await app.clock.advance(4_499);
    await app.jobsPut(1);
    await app.clock.advance(1);
    expect((await answering).text).toBe('success');
    finish?.('late');
    await eventually(async () => {
      await app.clock.advance(100);
      expect(app.sent).toEqual([
        { touser: 'oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA', msgtype: 'text', text: { content: 'late' } },
      ]);
    });
  });
});

describe('given a store that cannot be reached', () => {
  test('when a push comes, then the answer is an empty 503, and the next try is a first one', async () => {
    const store = new MemoryStateStore();
    const any = noticed(() => undefined);
    app = await createTestApp({ handlers: { any: any.handler }, storage: { store } });
    const push = wire(textXml());
    store.unavailable = true;
    expect(face(await post(app.http, push))).toEqual({ ...REFUSAL, status: 503 });
    expect(any.runs()).toBe(0);
    store.unavailable = false;
    await app.clock.advance(2_000);
    await eventually(async () => expect((await post(app.http, push)).status).toBe(200));
    expect(any.runs()).toBe(1);
  });
});

describe('given the log at debug', () => {
  test('when it has seen a push, then it names id, kind, handler, outcome and time, and nothing of the text', async () => {
    app = await createTestApp({
      handlers: {
        echo: defineHandler({ on: 'message.text', handle: ({ push, reply }) => reply.text(push.content) }),
      },
    });
    await post(app.http, wire(textXml({ MsgId: '25000000000000001' })));
    const line = app.lines.find(({ message }) => message === 'push');
    expect(line).toMatchObject({
      level: 'info',
      fields: {
        pushId: expect.stringMatching(/^msg-25000000000000001-/),
        kind: 'message.text',
        handler: 'echo',
        outcome: 'replied',
        ms: 0,
      },
    });
    expect(JSON.stringify(app.lines)).not.toContain(USER_TEXT);
  });
});
