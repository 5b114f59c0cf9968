import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { conformance } from '../../../../src/cli/conformance.js';
import { openTerminal, UsageInvalid } from '../../../../src/cli/command.js';
import { AppError } from '../../../../src/protocol/app-error.js';
import { inBoth } from '../../../../src/protocol/words.js';
import { parseXml } from '../../../../src/protocol/xml.js';
import { reportJson, reportJunit } from '../../../../src/sandbox/conformance/report-formats.js';
import { reportText } from '../../../../src/sandbox/conformance/report-text.js';
import { groups, type Finding, type Level } from '../../../../src/sandbox/conformance/rule.js';
import { rules } from '../../../../src/sandbox/conformance/rules.js';
import { conforms, type Report } from '../../../../src/sandbox/conformance/report.js';
import { runRules } from '../../../../src/sandbox/conformance/run-rules.js';
import type { Target } from '../../../../src/sandbox/conformance/target.js';
import { FIXTURE_ACCOUNT } from '../../../support/wechat/seal.js';
import { englishWords } from '../../../support/language/english-words.js';
import { FAULTS } from '../../../../src/sandbox/conformance/fault-sentences.js';
import { openServer } from '../../../support/conformance/reference-server.js';

async function run(...args: string[]) {
  const out: string[] = [];
  const terminal = openTerminal({ out: (text) => out.push(text), err: (text) => out.push(text) }, 'en');
  return { code: await conformance.run(args, terminal), out: out.join('\n') };
}

const { token, encodingAesKey, appId } = FIXTURE_ACCOUNT;

describe('given the rules', () => {
  test('when their ids are read, then each is kebab-case and stands once', () => {
    const ids = rules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  test('when they are read in order, then group follows group', () => {
    const order = rules.map(({ group }) => groups.indexOf(group));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test.each([
    ['docs/conformance.md', 'en'],
    ['docs/zh/conformance.md', 'zh'],
  ] as const)(
    'when %s is held against them, then it has each once, in order, with level and title',
    (path, language) => {
      const page = readFileSync(path, 'utf8');
      const rows = [...page.matchAll(/^\| `([a-z0-9-]+)`\s*\| (\w+)\s*\| (.*?)\s*\| (.*?)\s*\|$/gm)];
      expect(rows.map(([, id, level, title, source]) => ({ id, level, title, source }))).toEqual(
        rules.map(({ id, level, title, source }) => ({ id, level, title: title[language], source })),
      );
    },
  );
});

describe('given the sentences of the rules', () => {
  test.each(rules)('when $id is explained in Chinese, then no English sentence is left', (rule) => {
    for (const text of [rule.title.zh, rule.says.zh, rule.remedy.zh]) {
      expect(englishWords(text)).toEqual([]);
      expect(text).toMatch(/\p{Script=Han}/u);
    }
  });

  test.each(Object.entries(FAULTS))('when %s is explained in Chinese, then no English is left', (_, { zh }) =>
    expect(englishWords(zh)).toEqual([]),
  );

  test('when a server breaks rules, then its Chinese report has English in what was sent, and nowhere else', async () => {
    const door = await openServer('plaintext', { handlingMs: () => 1, remembers: false, silence: 'OK' });
    const report = await runRules(rules, { ...target, url: door.url });
    await door.close();
    const lines = reportText(report, 'zh').split('\n');
    const own = lines.filter((line) => !/^ +发送：|^http/.test(line));
    expect(lines.length - own.length).toBeGreaterThan(3);
    expect(
      own.flatMap((line) =>
        englishWords(line.replace(/^ +[✓✗–] [a-z-]+(?: \((?:should|advice)\))?|"(?:\\.|[^"])*"/, '')),
      ),
    ).toEqual([]);
  });
});

describe('given the command conformance', () => {
  test.each([
    [[], /Name its URL/],
    [['not a url', '--token', 't'], /not an http\(s\) URL/],
    [['ftp://127.0.0.1/', '--token', 't'], /not an http\(s\) URL/],
    [['http://127.0.0.1/'], /--token is missing/],
    [['http://127.0.0.1/', '--token', 't', '--mode', 'safe'], /needs --aes-key and --app-id/],
    [['http://127.0.0.1/', '--token', 't', '--aes-key', 'short'], /has 5 characters/],
    [['http://127.0.0.1/', '--token', 't', '--mode', 'aes'], /--mode aes does not exist/],
    [['http://127.0.0.1/', '--token', 't', '--format', 'xml'], /--format xml does not exist/],
    [['http://127.0.0.1/', '--token', 't', '--seconds', 'x'], /--seconds x/],
    [['http://127.0.0.1/', '--token', 't', '--only', 'probe-without-type'], /applies in/],
    [['http://127.0.0.1/', '--token', 't', '--only', 'reply-opened'], /Did you mean reply-opens/],
    [['http://127.0.0.1/', '--token', 't', '--only', 'reply-opens'], /applies in plaintext mode/],
  ])('when it is called with %j, then it says what is wrong', async (args, message) => {
    const call = run(...args);
    await expect(call).rejects.toBeInstanceOf(UsageInvalid);
    await expect(run(...args)).rejects.toThrow(message);
  });

  test('when --list is given, then every rule stands on a line', async () => {
    const { code, out } = await run('--list');
    expect(code).toBe(0);
    expect(out.split('\n')).toHaveLength(rules.length);
  });

  test('when nobody listens, then it says so in one sentence', async () => {
    const door = await openServer('plaintext');
    await door.close();
    const call = run(door.url.href, '--token', token);
    await expect(call).rejects.toThrow(/No connection to .* \(ECONNREFUSED\)/);
    const zh = await call.catch((error: unknown) => error instanceof AppError && error.messageIn('zh'));
    expect(zh).toBe(`连不上 ${door.url.href}（ECONNREFUSED）：服务器启动了吗？URL 对吗？`);
  });

  test.each(['json', 'junit'])(
    'when nobody listens and the format is %s, then the report says so, and fails',
    async (format) => {
      const door = await openServer('plaintext');
      await door.close();
      const { code, out } = await run(door.url.href, '--token', token, '--format', format);
      expect({ code, out }).toEqual({
        code: 1,
        out: expect.stringMatching(/unreachable[^]*No connection to .*ECONNREFUSED/),
      });
    },
  );

  test('when a reply has line breaks, then the report shows them on one line', async () => {
    let runs = 0;
    const door = await openServer('plaintext', {
      remembers: false,
      say: () => `<xml>\n${(runs += 1)}</xml>`,
    });
    const { out } = await run(door.url.href, '--token', token, '--only', 'reply-addresses-swapped');
    await door.close();
    expect(out).toMatch(/came: +status 200 in \d+ ms, "<xml>\\n\d+<\/xml>"\n/);
  });

  test('when success comes in an envelope, then the report shows what was in it', async () => {
    const door = await openServer('safe', { sealsReplies: 'always', silence: '' });
    const { out } = await run(
      door.url.href,
      `--token=${token}`,
      `--aes-key=${encodingAesKey}`,
      `--app-id=${appId}`,
      '--only=nothing-not-sealed',
    );
    await door.close();
    expect(out).toMatch(/came: .*sealed ""\n +because: an empty text came in an envelope/);
  });

  test('when a server keeps a rule, then the exit code is 0', async () => {
    const door = await openServer('safe');
    const { code, out } = await run(
      door.url.href,
      `--token=${token}`,
      `--aes-key=${encodingAesKey}`,
      `--app-id=${appId}`,
      '--only=handshake-echo-exact',
      '--only=push-accepted',
      '--only=reply-sealed',
    );
    await door.close();
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/3 hold, 0 .*, conforms$/) });
  });

  test('when a server breaks a rule, then the exit code is 1 and the report says what to do', async () => {
    const door = await openServer('plaintext', { silence: 'SUCCESS' });
    const { code, out } = await run(door.url.href, '--token', token, '--only', 'success-exact');
    await door.close();
    expect(code).toBe(1);
    expect(out).toMatch(/✗ success-exact[\s\S]*came: .*SUCCESS[\s\S]*do: +Write `success`/);
  });

  test('when a sealed reply breaks a rule, then the report shows it opened', async () => {
    const door = await openServer('safe', { write: (xml) => xml.replace('[text]', '[Text]') });
    const { out } = await run(
      door.url.href,
      `--token=${token}`,
      `--aes-key=${encodingAesKey}`,
      `--app-id=${appId}`,
      '--only=reply-msg-type',
    );
    await door.close();
    expect(out).toMatch(/came: .*sealed "<xml><ToUserName>.*\[Text\]/);
  });

  test('when it stands behind a query of its own and echoes only some texts, then it is judged by these', async () => {
    const door = await openServer('plaintext', {
      glance: ({ values }) =>
        values('account').length === 1 ? undefined : { status: 404, type: 'text/plain', body: '' },
      content: ({ Content: content }) =>
        typeof content === 'string' && content.startsWith('say ') ? content : '',
    });
    const only = ['--token', token, '--format', 'json', '--only', 'text-blanks-as-typed'];
    const url = `${door.url.href}?account=one`;
    const without = await run(url, ...only);
    const echoing = await run(url, ...only, '--echo', 'say ');
    await door.close();
    expect(JSON.parse(without.out)).toMatchObject({ rules: [{ type: 'not-judged' }] });
    expect(JSON.parse(echoing.out)).toMatchObject({ rules: [{ type: 'holds' }] });
  });
});

const target: Target = {
  url: new URL('http://127.0.0.1/wechat?x=1'),
  mode: 'plaintext',
  token,
  encodingAesKey: '',
  appId: '',
  account: 'gh_b52b1f8c3a7d',
  echoPrefix: '',
  cloudHosting: true,
  returnsWithinMs: 300,
  timeoutMs: 300,
  budgetMs: 5_000,
};

function reportOf(level: Level, finding: Finding): Report {
  const [rule] = rules;
  if (rule === undefined) throw new Error('there are rules');
  return {
    target,
    startedAt: '2026-01-01T00:00:00.000Z',
    judged: [{ rule: { ...rule, level }, finding, ms: 5 }],
    ms: 7,
  };
}

const broken: Finding = {
  type: 'broken',
  sent: 'a "text"',
  came: inBoth('<b>&\u0000'),
  because: inBoth('it is "wrong"'),
};

describe('given a report', () => {
  test('when a rule that must hold is broken, then JUnit has a failure and stays well-formed', () => {
    const xml = reportJunit(reportOf('must', broken));
    expect(xml).toContain('<testsuite name="handshake" tests="1" failures="1" skipped="0" time="0.005">');
    expect(xml).toContain('failures="1"');
    expect(parseXml(xml.replaceAll('testsuites', 'xml'))).toMatchObject({
      testsuite: { testcase: { failure: expect.stringContaining('came: <b>&\uFFFD') } },
    });
  });

  test('when a rule that should hold is broken, then JUnit tells it and fails nothing', () => {
    const report = reportOf('should', broken);
    expect(reportJunit(report)).toMatch(/failures="0"[\s\S]*<system-out>should:/);
    expect(conforms(report)).toBe(true);
    expect(reportText(report, 'en')).toMatch(/✗ .*\(should\)[\s\S]*1 others do not/);
  });

  test('when a rule was not judged, then each format says why', () => {
    const report = reportOf('must', { type: 'not-judged', because: inBoth('no reply came') });
    expect(reportJunit(report)).toContain('<skipped message="no reply came"/>');
    expect(reportText(report, 'zh')).toContain('无法判断：no reply came');
    expect(reportText(report, 'en')).toContain('not judged: no reply came');
    expect(JSON.parse(reportJson(report, '1.2.3'))).toMatchObject({
      version: '1.2.3',
      startedAt: '2026-01-01T00:00:00.000Z',
      counts: { holds: 0, broken: { must: 0, should: 0, advice: 0 }, notJudged: 1 },
      conforms: true,
      rules: [{ because: 'no reply came' }],
    });
  });

  test('when the time is over, then what is left is not judged, and that is no pass', async () => {
    const door = await openServer('plaintext', { handlingMs: () => 400 });
    const chosen = rules.filter(({ group }) => group === 'retries');
    const report = await runRules(chosen, { ...target, url: door.url, budgetMs: 100 });
    await door.close();
    expect(report.judged.map(({ finding }) => finding.type)).toEqual(chosen.map(() => 'not-judged'));
    expect(conforms(report)).toBe(false);
    expect(reportText(report, 'en')).toContain('The time was over before all rules were judged');
  });
});
