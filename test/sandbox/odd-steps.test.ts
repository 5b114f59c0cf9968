import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { startSandboxProcess, type SandboxProcess } from '../support/processes/sandbox-process.js';
import { startTinyServer } from './support/tiny-server.js';

const TOKEN = 'tokenOfTheOddSteps';

let sandbox: SandboxProcess;
let server: Awaited<ReturnType<typeof startTinyServer>>;
beforeAll(async () => {
  server = await startTinyServer(TOKEN);
  sandbox = await startSandboxProcess('--target', server.url, '--token', TOKEN, '--mode', 'plaintext');
}, 60_000);
afterAll(async () => {
  await sandbox.kill();
  await server.stop();
});

interface Report {
  readonly passed: boolean;
  readonly steps: readonly { readonly passed: boolean; readonly problem?: string }[];
}

/** Runs steps; 'refused' where the scenario is none. Fails if the sandbox does not answer, or is at a loss. */
async function run(steps: readonly object[]): Promise<Report | 'refused'> {
  await sandbox.call('POST', '/api/reset', {});
  try {
    return await sandbox.call<Report>('POST', '/api/scenario', { name: 'odd', steps });
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('POST /api/scenario: 400 ')) return 'refused';
    throw error;
  }
}

// prettier-ignore
const ODD_TEXTS = [
  '', ' ', 'evil', '__proto__', 'constructor', 'toString', '\u0000', '\ud800', '👋🏽', ']]>', '<xml>', '&lt;',
  '$x', '$', 're:(', 're:', '>=', '>=1', '//', '/../', '=', '=x', '%', '%zz', '#', '?', 'http://', '0', '-1', '1e999',
  'ordinary', 'stable', 'api', 'x1', 'e1', 'message.text', 'event.CLICK', '中'.repeat(3_000),
];
const odd = fc.oneof(fc.constantFrom(...ODD_TEXTS), fc.string());
const number = fc.constantFrom(-1, 0, 0.5, 1, 7, 200, 1e9, Number.MAX_VALUE);
const json = fc.oneof(odd, number, fc.constantFrom(null, true), fc.jsonValue({ maxDepth: 2 }));
const partly = <T extends object>(
  model: { [K in keyof T]: fc.Arbitrary<T[K]> },
  requiredKeys: (keyof T)[] = [],
) => fc.record(model, { requiredKeys });

const fields = fc.dictionary(
  fc.oneof(fc.constantFrom('Content', 'MsgId', 'CreateTime', 'FromUserName', 'EventKey', 'a'), odd),
  fc.oneof(odd, number, fc.dictionary(odd, odd), fc.array(odd)),
  { maxKeys: 4 },
);
const hostile = fc.constantFrom(
  'bad-signature',
  'no-signature',
  'old-timestamp',
  'other-app-id',
  'cut-body',
  'doctype',
);
const mode = fc.constantFrom('plaintext', 'compatible', 'safe');
const push = partly({
  follower: odd,
  kind: fc.constantFrom(
    'message.text',
    'message.image',
    'event.CLICK',
    'event.__proto__',
    'message.-',
    'event.x.y',
  ),
  fields,
  xml: fc.oneof(odd, fc.constantFrom('<xml>', '<xml></xml>', '<xml><MsgType>event</MsgType></xml>')),
  mode,
  timeoutMs: fc.constantFrom(0, 50, 1_000, Number.MAX_VALUE),
  tries: fc.constantFrom(0, 1, 11),
  copies: fc.constantFrom(0, 1, 3, 201),
  hostile,
});
const actor = { follower: odd };
const act = fc.oneof(
  partly({ action: fc.constant('follow'), scene: odd, qrTicket: odd, ...actor }, ['action']),
  partly({ action: fc.constantFrom('unfollow', 'enter', 'evil'), ...actor }, ['action']),
  partly({ action: fc.constant('scan'), scene: odd, ticket: odd, ...actor }, ['action']),
  partly(
    { action: fc.constant('tap'), button: fc.constantFrom('0', '9', '0.9', 'x'), pictures: number, ...actor },
    ['action'],
  ),
  partly({ action: fc.constant('tap-menu-message'), id: odd, content: odd, ...actor }, ['action']),
  partly({ action: fc.constant('opt-in'), templateId: odd, ...actor }, ['action']),
  partly({ action: fc.constant('refuse-messages'), refuse: fc.boolean(), ...actor }, ['action']),
);
const call = partly(
  {
    path: fc.oneof(
      odd,
      odd.map((text) => `/${text}`),
      fc.constantFrom('/cgi-bin/token', '/cgi-bin/menu/create'),
    ),
    method: fc.constantFrom('GET', 'POST', 'PUT'),
    query: fc.dictionary(odd, odd, { maxKeys: 2 }),
    body: json,
    token: odd,
    accessPoint: odd,
  },
  ['path'],
);
const expected = fc.dictionary(odd, json, { maxKeys: 2 });
/** Nothing of it takes long in real time. */
const short = { within: fc.constantFrom(0, '1ms', 'x', '-1s', '.s'), times: fc.constantFrom(-1, 0, 1, 1e9) };
const step = fc.oneof(
  partly({ push, as: odd, expect: expected }, ['push']),
  partly({ start: push, as: odd }, ['start', 'as']),
  partly({ finish: odd, expect: expected }, ['finish']),
  partly({ replay: partly({ exchange: odd, fields, xml: odd, hostile }, ['exchange']), expect: expected }, [
    'replay',
  ]),
  partly({ act, as: odd, expect: fc.oneof(expected, fc.array(expected, { maxLength: 2 })) }, ['act']),
  partly({ handshake: fc.constantFrom(true, false), expect: expected }, ['handshake']),
  fc.record({
    advance: fc.constantFrom(0, 1, '1ms', '3d', Number.MAX_VALUE, '9'.repeat(300) + 'd', 'evil', -1),
  }),
  fc.record({ wait: fc.constantFrom(0, '1ms', 'evil', -1, Number.MAX_VALUE, `${'9'.repeat(400)}d`) }),
  fc.record({
    account: partly({
      appId: odd,
      appSecret: odd,
      encodingAesKey: fc.constantFrom('', 'a'.repeat(43), '9'.repeat(43)),
      originalId: odd,
      mode,
      name: odd,
      oauthDomain: odd,
    }),
  }),
  fc.record({
    fault: partly(
      {
        kind: fc.constantFrom(
          'reset-before',
          'reset-after',
          'half-answer',
          'http-status',
          'html',
          'content-type',
          'errcode',
          'evil',
        ),
        path: odd,
        accessPoint: fc.constantFrom('*', 'api', 'evil'),
        calls: fc.constantFrom(-1, 1, 0),
        status: fc.constantFrom(100, 200, 204, 304, 599, 600),
        contentType: odd,
        errcode: number,
        errmsg: odd,
      },
      ['kind'],
    ),
  }),
  fc.record({ clearFaults: fc.constantFrom(true, false) }),
  fc.record({
    book: fc.oneof(
      fc.record({ action: fc.constantFrom('invalidate-tokens', 'reset-quotas', 'evil') }),
      fc.record({ action: fc.constant('close-window'), follower: odd }),
      fc.record({ action: fc.constant('spend-quota'), path: odd }),
    ),
  }),
  partly({ call, save: fc.dictionary(odd, odd, { maxKeys: 2 }), expect: expected }, ['call']),
  partly({ chat: expected, ...short }, ['chat', 'within']),
  partly({ calls: expected, ...short }, ['calls', 'within']),
  partly({ exchanges: expected, ...short }, ['exchanges', 'within']),
  fc.record({ windows: expected }),
  fc.dictionary(odd, json, { maxKeys: 2 }),
);

describe('given a scenario with a bad step', () => {
  test.each<readonly [string, object, RegExp]>([
    [
      'calls an access point that does not exist',
      { call: { path: '/cgi-bin/token', accessPoint: 'evil' } },
      /access point evil/,
    ],
    [
      'sends a body by GET',
      { call: { path: '/cgi-bin/token', method: 'GET', body: {} }, expect: { status: 200 } },
      /status/,
    ],
    [
      'expects by a pattern that is none',
      { handshake: true, expect: { kind: 're:(' } },
      /regular expression/,
    ],
    ['finishes what was not begun', { finish: 'evil' }, /evil/],
    ['replays what was not sent', { replay: { exchange: 'evil' } }, /evil/],
  ])('when it %s, then that step fails, and the sandbox goes on', async (_, bad, problem) => {
    const report = await run([{ handshake: true }, bad, { handshake: true }]);
    expect(report).toMatchObject({
      passed: false,
      steps: [{ passed: true }, { passed: false, problem: expect.stringMatching(problem) }],
    });
    expect(await run([{ handshake: true, expect: { outcome: 'accepted' } }])).toMatchObject({ passed: true });
  });

  test('when an address names nothing that can be decoded, then that is the fault of the asker', async () => {
    await expect(sandbox.call('GET', '/api/exchanges/%E0%A4%A')).rejects.toThrow(/ 400 .*%E0%A4%A/);
  });

  test('when steps hold whatever anybody could write, then each passes, fails or is refused', async () => {
    const told = { passed: 0, failed: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
        const report = await run(steps);
        if (report === 'refused') told.refused += 1;
        else told[report.passed ? 'passed' : 'failed'] += 1;
      }),
      { numRuns: 250, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
    );
    expect(Math.min(told.passed, told.failed, told.refused)).toBeGreaterThan(10);
  }, 120_000);
});
