import { describe, expect, test } from '@jest/globals';
import { terminalLanguage } from '../../../src/config/terminal-language.js';
import type { Diagnosis } from '../../../src/cli/doctor/diagnose.js';
import { diagnosisJson, renderDiagnosis } from '../../../src/cli/doctor/render.js';
import type { Facts } from '../../../src/cli/doctor/facts.js';
import { judgeAnswer } from '../../../src/cli/doctor/judge/answer.js';
import { readRunningServer } from '../../../src/cli/doctor/probe/running-server.js';
import { readConfigForTrying } from '../../../src/config/config.js';
import { STEP_IDS, fault, ok, warning } from '../../../src/cli/doctor/step.js';
import { STEPS } from '../../../src/cli/doctor/steps.js';
import { runCommandLine } from '../../../src/cli/run-command-line.js';

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const seen = { out: '', err: '' };
  const code = await runCommandLine(['doctor', ...args], {
    out: (text) => void (seen.out += text),
    err: (text) => void (seen.err += text),
  });
  return { code, ...seen };
}

const words = (zh: string, en: string) => ({ zh, en });
const SICK: Diagnosis = {
  ok: false,
  first: 'token',
  steps: [
    { id: 'url-port', ...warning(words('本机地址', 'a local address'), words('换', 'change it')), ms: 0 },
    {
      id: 'token',
      ...fault(words('Token 不同', 'another Token'), words('改成一样', 'make it the same')),
      ms: 3,
    },
    { id: 'quota', ...ok('有余量', 'some is left'), ms: 1 },
  ],
};

describe('given the table of steps', () => {
  test('when it is held against the ids of the contract, then it has each of them, in order', () => {
    expect(STEPS.map(({ id }) => id)).toEqual([...STEP_IDS]);
  });

  test('when nothing but faulty settings is known, then each step but the first is skipped', () => {
    const judged = STEPS.map(
      ({ judge }) => judge({ settings: { faults: [words('错', 'wrong')] }, nowMs: 0 }).state,
    );
    expect(judged).toEqual(['fault', ...STEP_IDS.slice(1).map(() => 'skipped')]);
  });
});

describe('given a callback that answers well', () => {
  const heard = (text: string) => ({ type: 'answer', status: 200, headers: {}, text, ms: 12 }) as const;
  const running = (account: object) =>
    readRunningServer({
      status: 'ready',
      why: '',
      version: '0.2.0',
      process: { id: 1, role: 'all' },
      accounts: [
        {
          name: 'default',
          appId: 'wx0123456789abcdef',
          path: '/wechat',
          cipherMode: 'plaintext',
          token: null,
          fingerprints: { token: [], aesKey: [] },
          ...account,
        },
      ],
      storage: { kind: 'journal', dataDir: '/d' },
      refusals: [],
      probes: {},
    });
  const { config } = readConfigForTrying({});
  const facts = (account: object): Facts => ({
    settings: { config, account: config.accounts[0]!, warnings: [] },
    nowMs: 0,
    callback: {
      echo: '1',
      startedAtMs: 0,
      handshake: { nonce: 'a', heard: heard('1') },
      push: { nonce: 'b', heard: heard('success') },
    },
    listener: { place: 'p', public: 'ours', admin: running(account), adminPort: 9090 },
  });

  test('when WeChat counts the pushes of the account, then its count of yesterday is told', () => {
    const day = { date: '2026-01-31', pushes: 812, failed: 3, averageTime: 40, longestTime: 900 };
    expect(judgeAnswer(facts({ callbacksByWechat: day }))).toEqual({
      state: 'ok',
      says: {
        zh: '应答原样返回，最慢 12 毫秒；微信统计 2026-01-31 推送 812 次，失败 3 次',
        en: 'answers come back unchanged, the slowest in 12 ms; WeChat counted 812 pushes on 2026-01-31, 3 of them failed',
      },
    });
    expect(judgeAnswer(facts({}))).toMatchObject({ says: { zh: '应答原样返回，最慢 12 毫秒' } });
  });
});

describe('given a diagnosis', () => {
  test('when it is printed, then the first fault stands on top, with why it matters and what to do', () => {
    const lines = renderDiagnosis(SICK, 'zh').split('\n');
    expect(lines.slice(0, 4)).toEqual([
      '先处理这一步：',
      '✗ token  Token 不同',
      '  影响：服务会拒绝微信的请求：公众号后台提示“token 验证失败”或“该公众号提供的服务出现故障”',
      '  处理：改成一样',
    ]);
    expect(lines).toContain('✓  quota     有余量');
    expect(lines).toContain('! url-port  本机地址');
  });

  test('when it is printed in English, then nothing of it is Chinese', () => {
    const text = renderDiagnosis({ ...SICK, first: 'quota', ok: false }, 'en');
    expect(text).not.toMatch(/\p{Script=Han}/u);
  });

  test('when it is wanted as JSON, then it has the shape of the contract', () => {
    expect(diagnosisJson(SICK, 'en')).toEqual({
      ok: false,
      first: 'token',
      steps: [
        { id: 'url-port', state: 'warning', says: 'a local address', cure: 'change it', ms: 0 },
        { id: 'token', state: 'fault', says: 'another Token', cure: 'make it the same', ms: 3 },
        { id: 'quota', state: 'ok', says: 'some is left', cure: null, ms: 1 },
      ],
    });
  });
});

describe('given the command', () => {
  test.each([
    [['--lang', 'fr'], '--lang fr'],
    [['--url', 'ftp://example.com'], '--url ftp://example.com'],
    [['--urll', 'x'], 'Did you mean --url?'],
  ])('when its line is %j, then the exit code is 2, and the usage is printed', async (args, said) => {
    const { code, err } = await run(...args);
    expect([code, err.includes(said)]).toEqual([2, true]);
  });

  test.each([
    [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
    [{ LANG: 'en_US.UTF-8' }, 'en'],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'zh_TW.UTF-8' }, 'zh'],
    [{}, 'en'],
  ])('when the terminal is %j, then it speaks %s', (env, language) => {
    expect(terminalLanguage(env)).toBe(language);
  });
});
