import { afterEach, describe, expect, test } from '@jest/globals';
import { createHttpClient } from '../../src/adapters/http/http-client.js';
import { forward } from '../../src/index.js';
import { createTestApp, FIXTURE_SETTINGS, USER_TEXT, type TestApp } from '../support/app/test-app.js';
import { startCoWechat, startRawBackend, type TestBackend } from '../support/forward/backend.js';
import { eventually } from '../support/time/eventually.js';
import { encrypt, FIXTURE_ACCOUNT, sign } from '../support/wechat/seal.js';
import { cipherModes, post, textXml, wire } from '../support/wechat/wire-push.js';

let app: TestApp;
let backend: TestBackend;
afterEach(async () => {
  await app.close();
  await backend.kill();
});

const USER = 'oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA';
const ACCOUNT = 'gh_b52b1f8c3a7d';

async function inFrontOf(
  started: Promise<TestBackend>,
  settings: Readonly<Record<string, string>> = {},
  handlers: Parameters<typeof createTestApp>[0] = {},
): Promise<void> {
  backend = await started;
  app = await createTestApp({
    settings: { FORWARD_URL: backend.url, ...settings },
    backend: createHttpClient(),
    ...handlers,
  });
}

const reply = (content: string, more: Readonly<Record<string, string>> = {}): string => {
  const fields = { ToUserName: USER, FromUserName: ACCOUNT, CreateTime: '1', MsgType: 'text', ...more };
  const elements = Object.entries({ ...fields, ...(content !== '' && { Content: content }) });
  return `<xml>${elements.map(([name, text]) => `<${name}><![CDATA[${text}]]></${name}>`).join('')}</xml>`;
};

/** Moves time to the deadline: the job of a late answer is durable a second earlier. */
async function overrun(): Promise<void> {
  await app.clock.advance(3_400);
  await app.jobsPut(1);
  await app.clock.advance(1_100);
}

const messages = () => app.sent.filter((call) => 'touser' in Object(call));
const letters = async () => (await app.app.deadLetters.list({}, 10)).letters;

const pushed = (content = USER_TEXT) => post(app.http, wire(textXml({ Content: content })));

describe.each(cipherModes)('given a server on co-wechat behind FORWARD_URL in %s mode', (mode) => {
  const said = (message: Record<string, string>) => {
    if (message['MsgType'] === 'image') return { type: 'image', content: { mediaId: message['MediaId'] } };
    if (message['MsgType'] === 'event') return '';
    return `你说：${message['Content']}`;
  };

  test('when pushes come, then each gets the answer of that server, and an event without one gets success', async () => {
    await inFrontOf(startCoWechat(mode, said), { FORWARD_MODE: mode });
    expect((await pushed('007 <b>')).text).toContain('<Content><![CDATA[你说：007 <b>]]></Content>');
    const picture = await post(app.http, wire(textXml({ MsgType: 'image', MediaId: 'media-1' })));
    expect(picture.text).toContain('<Image><MediaId><![CDATA[media-1]]></MediaId></Image>');
    const click = await post(app.http, wire(textXml({ MsgType: 'event', Event: 'CLICK', EventKey: 'k' })));
    expect(click.text).toBe('success');
    expect(backend.asked).toHaveLength(3);
  });
});

describe('given a backend that is slow', () => {
  test.each([50, 4_400, 6_000, 40_000])(
    'when it takes %i ms, then the user gets its answer once, in time or late',
    async (ms) => {
      await inFrontOf(
        startRawBackend((_, response) => app.clock.schedule(ms, () => response.end(reply('the answer')))),
      );
      const push = wire(textXml());
      const answering = Promise.all([post(app.http, push), post(app.http, push), post(app.http, push)]);
      await eventually(() => expect(backend.asked).toHaveLength(1));
      const isLate = ms > 4_500;
      if (isLate) await overrun();
      else await app.clock.advance(ms);
      const texts = (await answering).map(({ text }) => text);
      if (isLate) {
        expect(texts).toEqual(['success', 'success', 'success']);
        await app.clock.advance(ms - 4_500);
        const message = { touser: USER, msgtype: 'text', text: { content: 'the answer' } };
        await eventually(async () => {
          await app.clock.advance(50);
          expect(messages()).toEqual([message]);
        });
      } else expect(texts.every((text) => text === texts[0] && text.includes('the answer'))).toBe(true);
      expect(backend.asked).toHaveLength(1);
    },
  );

  test('when it takes longer than FORWARD_TIMEOUT_S, then it counts as hung', async () => {
    await inFrontOf(
      startRawBackend(() => undefined),
      { FORWARD_TIMEOUT_S: '1' },
    );
    expect((await pushed()).text).toBe('success');
    expect(await faults()).toEqual(['hung']);
  });
});

const envelope = (token: string, key: string): string => {
  const sealed = encrypt(reply('x'), { ...FIXTURE_ACCOUNT, encodingAesKey: key });
  return `<xml><Encrypt><![CDATA[${sealed}]]></Encrypt><MsgSignature>${sign(token, '1', '2', sealed)}</MsgSignature><TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>`;
};
const OTHER_KEY = FIXTURE_SETTINGS.WECHAT_PREVIOUS_ENCODING_AES_KEY;

/** The backend's answer, and the fault that it is. */
const BAD: readonly (readonly [fault: string, body: string, mode?: string])[] = [
  ['not-xml', 'oops: internal'],
  ['not-xml', '{"errcode":0}'],
  ['html', '<!DOCTYPE html><html><body>Login</body></html>'],
  ['malformed-xml', `${reply('x')}<xml>`],
  ['malformed-xml', reply('x').slice(0, 60)],
  ['too-large', 'x'.repeat(10 * 1024 * 1024)],
  ['unsealed', reply('x'), 'safe'],
  ['bad-msg-signature', envelope('someone-else', FIXTURE_ACCOUNT.encodingAesKey), 'safe'],
  ['bad-envelope', envelope(FIXTURE_ACCOUNT.token, OTHER_KEY), 'safe'],
  ['wrong-to', reply('x', { ToUserName: 'oSomebodyElse' })],
  ['wrong-from', reply('x', { FromUserName: 'gh_other' })],
  ['unknown-type', reply('x', { MsgType: 'hologram' })],
  ['empty-content', reply('')],
  ['missing-field', reply('x', { MsgType: 'image' })],
];

const faults = async () => {
  let found: unknown[] = [];
  await eventually(async () => {
    const troubles = await app.app.operations.troubles();
    found = troubles.filter(({ sort }) => sort === 'backend').map(({ what }) => what);
    expect(found).not.toEqual([]);
  });
  return found;
};

describe('given a backend that answers what is no reply', () => {
  test.each(BAD)(
    'when it is %s, then the user gets what a throwing handler gives, and log and trouble name it',
    async (fault, body, mode = 'plaintext') => {
      await inFrontOf(
        startRawBackend((_, response) => response.end(body)),
        { FORWARD_MODE: mode },
      );
      expect(await pushed()).toMatchObject({ status: 200, text: 'success' });
      expect(await faults()).toEqual([fault]);
      const failed = app.lines.find(({ message }) => message === 'handler failed: it threw');
      expect(failed).toMatchObject({
        fields: { handler: 'FORWARD_URL', err: { code: 'backend_failed' } },
      });
      const { origin, pathname } = new URL(backend.url);
      expect(JSON.stringify(failed?.fields)).toContain(`The backend ${origin}${pathname} `);
      expect(JSON.stringify(app.lines)).not.toContain('from=wechat');
    },
  );

  test('when it answers status 500, then that is named, and it is asked once', async () => {
    await inFrontOf(startRawBackend((_, response) => response.writeHead(500).end('no')));
    expect((await pushed()).text).toBe('success');
    expect([await faults(), backend.asked.length]).toEqual([['status'], 1]);
  });

  test('when its junk comes after the deadline, then a dead letter names it', async () => {
    await inFrontOf(startRawBackend((_, response) => app.clock.schedule(8_000, () => response.end('oops'))));
    const answering = pushed().then(({ text }) => text);
    await eventually(() => expect(backend.asked).toHaveLength(1));
    await overrun();
    expect(await answering).toBe('success');
    await app.clock.advance(3_500);
    await eventually(async () =>
      expect(await letters()).toMatchObject([
        { reason: 'backend_failed', detail: expect.stringContaining('neither XML nor success') },
      ]),
    );
  });
});

describe('given a backend that is down', () => {
  const answering = () => startRawBackend((_, response) => response.end(reply('back again')));
  const isLate = { touser: USER, msgtype: 'text', text: { content: 'back again' } };
  const untilAnswered = async (answer: Promise<{ text: string }>) => {
    let text: string | undefined;
    void answer.then((response) => (text = response.text));
    await eventually(async () => {
      await app.clock.advance(250);
      expect(text).toBeDefined();
    });
    return text;
  };

  test('when it is back within the deadline, then the user gets its reply at once', async () => {
    await inFrontOf(answering());
    await backend.kill();
    const answer = pushed().then((response) => response);
    await app.clock.advance(250);
    await backend.restart();
    expect(await untilAnswered(answer)).toContain('back again');
  });

  test('when it is back an hour later, then the push was kept, and the user gets one message', async () => {
    await inFrontOf(answering());
    await backend.kill();
    expect(await untilAnswered(pushed().then((response) => response))).toBe('success');
    for (let minutes = 0; minutes < 60; minutes += 1) await app.clock.advance(60_000);
    expect(app.sent).toEqual([]);
    await backend.restart();
    await eventually(async () => {
      await app.clock.advance(1_000);
      expect(messages()).toEqual([isLate]);
    });
    expect(backend.asked).toHaveLength(1);
    expect(await letters()).toEqual([]);
  });

  test('when it stays away longer than FORWARD_RETRY, then a dead letter says so', async () => {
    await inFrontOf(answering(), { FORWARD_RETRY: '10' });
    await backend.kill();
    await untilAnswered(pushed().then((response) => response));
    await eventually(async () => {
      await app.clock.advance(20_000);
      expect(await letters()).toMatchObject([{ reason: 'backend_down', handler: 'FORWARD_URL' }]);
    });
    expect(await faults()).toEqual(expect.arrayContaining(['down']));
  });

  test('when FORWARD_RETRY is 0, then the user gets what a throwing handler gives', async () => {
    await inFrontOf(answering(), { FORWARD_RETRY: '0' });
    await backend.kill();
    expect(await untilAnswered(pushed().then((response) => response))).toBe('success');
    await backend.restart();
    await app.clock.advance(60_000);
    expect([app.sent, backend.asked]).toEqual([[], []]);
  });

  test('when FORWARD_OTHERWISE names a handler, then it answers, and only then', async () => {
    const sorry = { on: 'message.text', handle: () => ({ type: 'text', content: 'later, please' }) } as const;
    await inFrontOf(answering(), { FORWARD_OTHERWISE: 'sorry' }, { handlers: { sorry } });
    expect((await pushed()).text).toContain('back again');
    await backend.kill();
    expect(await untilAnswered(pushed().then((response) => response))).toContain('later, please');
  });

  test('when the account may send nothing, then the user’s next message brings the kept answer', async () => {
    await inFrontOf(answering(), { LATE_REPLY: 'passive-only', HELD_TRIES_PER_5_MIN: '0' });
    await backend.kill();
    expect(await untilAnswered(pushed().then((response) => response))).toContain('答案还在准备中');
    await backend.restart();
    await eventually(async () => {
      await app.clock.advance(1_000);
      expect(backend.asked).toHaveLength(1);
    });
    await eventually(async () => {
      await app.clock.advance(1_000);
      expect((await app.queue.counts()).inMailbox).toBe(1);
    });
    expect((await pushed()).text).toMatch(/back again[^]*back again/);
  });
});

describe('given `forward` as a handler beside others', () => {
  test('when a push is theirs, then the backend never sees it', async () => {
    backend = await startCoWechat('plaintext', () => 'from the backend');
    app = await createTestApp({
      handlers: {
        help: {
          on: 'message.text',
          when: ({ kind }) => kind === 'message.text',
          handle: (ctx) => ctx.reply.text('ours'),
        },
        rest: forward({ on: 'event', url: backend.url, mode: 'plaintext' }),
      },
    });
    expect((await pushed()).text).toContain('ours');
    expect(backend.asked).toEqual([]);
  });
});
