import { afterEach, describe, expect, test } from '@jest/globals';
import { readScenario } from '../../src/sandbox/scenario/scenario.js';
import { runScenario } from '../../src/sandbox/scenario/run-scenario.js';
import type { SandboxOptions } from '../../src/sandbox/sandbox.js';
import { startDrivenSandbox } from './support/driven-sandbox.js';
import { reply, startTinyServer, type Answerer } from './support/tiny-server.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function play(answer: Answerer | undefined, steps: readonly object[], options: SandboxOptions = {}) {
  const server = await startTinyServer('development', answer);
  const { sandbox } = await startDrivenSandbox({
    ...options,
    account: { target: server.url, mode: 'plaintext', ...options.account },
  });
  stops.push(server.stop, () => sandbox.stop());
  const report = await runScenario(sandbox, readScenario({ name: 'a scenario', steps }));
  return report.steps.find(({ passed }) => !passed)?.problem?.en;
}

describe('given a foreign server of forty lines in plaintext mode', () => {
  test('when the console verifies its URL, then it is accepted', async () => {
    expect(await play(undefined, [{ handshake: true, expect: { outcome: 'accepted' } }])).toBeUndefined();
  });

  test('when a follower types, then the reply shows in the chat', async () => {
    const steps = [
      {
        push: { kind: 'message.text', fields: { Content: '007 <b>]]>' }, escapesCdataEnd: true },
        expect: { outcome: 'reply', tries: 1, reply: { type: 'text', content: 're:^你说：007' } },
      },
      { chat: { from: 'account', via: 'passive' } },
    ];
    expect(await play(undefined, steps)).toBeUndefined();
  });

  test('when it never answers, then three attempts of five seconds end in the failure notice', async () => {
    const steps = [
      {
        push: { kind: 'message.text' },
        expect: {
          outcome: 'failure',
          cause: 'late',
          sentence: '该公众号提供的服务出现故障，请稍后再试',
          outcomes: ['timeout', 'timeout', 'timeout'],
          tookMs: 15_000,
        },
      },
      { chat: { from: 'system' } },
    ];
    expect(await play(() => undefined, steps)).toBeUndefined();
  });

  test('when it answers the third try, then that reply is shown', async () => {
    let tries = 0;
    const third: Answerer = (body) => {
      tries += 1;
      const from = /FromUserName><!\[CDATA\[(.*?)\]/.exec(body)?.[1] ?? '';
      return tries === 3 ? reply(from, 'gh_development1', '终于') : undefined;
    };
    const steps = [
      {
        push: { kind: 'message.text' },
        expect: { outcome: 'reply', tries: 3, outcomes: ['timeout', 'timeout', 'answered'] },
      },
    ];
    expect(await play(third, steps)).toBeUndefined();
  });

  test.each([
    ['{"a":1}', 'not-xml'],
    ['<!doctype html><p>500</p>', 'not-xml'],
    ['SUCCESS', 'not-xml'],
    ['success\n', 'not-xml'],
    ['<xml><ToUserName>', 'malformed-xml'],
    ['\uFEFF<xml></xml>', 'malformed-xml'],
    ['<xml></xml>', 'missing-field'],
    [reply('someone else', 'gh_development1', 'x'), 'wrong-to'],
    [reply('FOLLOWER', 'wxdevelopment0001', 'x'), 'wrong-from'],
    [reply('FOLLOWER', 'gh_development1', ''), 'empty-content'],
    [reply('FOLLOWER', 'gh_development1', '长'.repeat(700)), 'too-long'],
    [reply('FOLLOWER', 'gh_development1', 'x').replace('[text]', '[poem]'), 'unknown-type'],
  ])('when it answers %j, then the verdict names the cause %s', async (answer, cause) => {
    const answerer: Answerer = (body) => {
      const from = /FromUserName><!\[CDATA\[(.*?)\]/.exec(body)?.[1] ?? '';
      return answer.replace('FOLLOWER', from);
    };
    const steps = [{ push: { kind: 'message.text' }, expect: { outcome: 'failure', cause, tries: 1 } }];
    expect(await play(answerer, steps)).toBeUndefined();
  });

  test.each([
    ['\n', /a warning: blanks or newlines precede <xml>/],
    ['', /^Reply$/],
  ])('when %j precedes its reply, then the reply is shown, and the verdict warns', async (before, words) => {
    const answerer: Answerer = (body) => {
      const from = /FromUserName><!\[CDATA\[(.*?)\]/.exec(body)?.[1] ?? '';
      return before + reply(from, 'gh_development1', 'x');
    };
    const steps = [
      {
        push: { kind: 'message.text' },
        expect: { outcome: 'reply', tries: 1, en: `re:${words.source}` },
      },
    ];
    expect(await play(answerer, steps)).toBeUndefined();
  });

  test('when it answers 500, then there is one try and the cause is the status', async () => {
    const answerer: Answerer = (_body, _incoming, response) => void response.writeHead(500).end('success');
    const steps = [{ push: {}, expect: { outcome: 'failure', cause: 'http-status', tries: 1 } }];
    expect(await play(answerer, steps)).toBeUndefined();
  });

  test('when it breaks every connection, then three attempts were made', async () => {
    const answerer: Answerer = (_body, incoming) => void incoming.socket.destroy();
    const steps = [{ push: {}, expect: { outcome: 'failure', cause: 'connection-lost', tries: 3 } }];
    expect(await play(answerer, steps)).toBeUndefined();
  });

  test('when nobody listens, then the cause says so', async () => {
    const steps = [{ push: {}, expect: { outcome: 'failure', cause: 'connection-refused', tries: 3 } }];
    expect(await play(undefined, steps, { account: { target: 'http://127.0.0.1:1/wechat' } })).toBe(
      undefined,
    );
  });

  test.each(['bad-signature', 'no-signature'])(
    'when a push comes with %s, then it is refused',
    async (hostile) => {
      const steps = [
        { push: { hostile }, expect: { outcome: 'refused', tries: 1, status: 403 } },
        { chat: {}, times: 0 },
      ];
      expect(await play(undefined, steps)).toBeUndefined();
    },
  );

  test('when it fails thirty times in five minutes, then pushes stop for one minute', async () => {
    const broken: Answerer = () => 'not xml';
    const steps = [
      ...Array.from({ length: 30 }, () => ({ push: {}, expect: { outcome: 'failure' } })),
      { push: {}, expect: { outcome: 'not-sent', cause: 'mark-fail', tries: 0 } },
      { advance: '61s' },
      { push: {}, expect: { outcome: 'failure', cause: 'not-xml' } },
    ];
    expect(await play(broken, steps)).toBeUndefined();
  });

  test('when one who left writes, then nothing is pushed', async () => {
    const steps = [
      { act: { action: 'unfollow' }, expect: { kind: 'event.unsubscribe', outcome: 'silent' } },
      { push: {}, expect: { outcome: 'not-sent', cause: 'not-following' } },
      { act: { action: 'follow' }, expect: { kind: 'event.subscribe', outcome: 'silent' } },
      { push: {}, expect: { outcome: 'reply' } },
    ];
    expect(await play(undefined, steps)).toBeUndefined();
  });

  test('when the same push is sent fifty times at once, then there are fifty exchanges', async () => {
    const steps = [
      { push: { copies: 50 }, expect: { outcome: 'reply', tries: 1 } },
      { exchanges: { outcome: 'reply' }, times: 50 },
      { chat: { via: 'passive' }, times: 1 },
    ];
    expect(await play(undefined, steps)).toBeUndefined();
  });
});
