import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../../../src/cli/run-command-line.js';
import { englishWords } from '../../support/language/english-words.js';
import { typeScriptFiles } from '../../support/language/source-files.js';

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const said = { out: '', err: '' };
  const code = await runCommandLine(
    args,
    { out: (text) => void (said.out += `${text}\n`), err: (text) => void (said.err += `${text}\n`) },
    env,
  );
  return { code, ...said };
}

const overview = (await run(['--help', '--lang', 'en'])).out;
const names = [...overview.matchAll(/^ {2}([a-z-]+) {2}/gm)].map(([, name = '']) => name);
const CHINESE = /\p{Script=Han}/u;
/** The names that WeChat's console has in Chinese only, in brackets behind their English. */
const inBrackets = (text: string): string => text.replaceAll(/ ?[（(]\p{Script=Han}+[）)]|反馈信息/gu, '');

describe('given a terminal that speaks Chinese', () => {
  test.each([
    { LANG: 'zh_CN.UTF-8' },
    { LANG: 'en_US.UTF-8', LC_ALL: 'zh_TW.UTF-8' },
    { LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_CN' },
  ])('when its environment is %j, then the help is Chinese', async (env) => {
    expect((await run(['--help'], env)).out).toMatch(/^用法：wechat-callback <命令>/);
    expect((await run(['send', '--help'], env)).out).toMatch(/^用法：wechat-callback send/);
  });

  test.each([
    [['--lang', 'zh', '--help']],
    [['--help', '--lang', 'zh']],
    [['--lang=zh', 'routes', '--help']],
    [['routes', '--help', '--lang=zh']],
    [['routes', '--lang', 'zh', '--help']],
  ])('when it is English and %j asks for Chinese, then it is Chinese', async (args) => {
    expect((await run(args, { LANG: 'en_US.UTF-8' })).out).toMatch(/^用法：/);
  });

  test('when --lang asks for English, then it is English', async () => {
    expect((await run(['--help', '--lang', 'en'], { LANG: 'zh_CN.UTF-8' })).out).toBe(overview);
  });

  test('when --lang names no language that there is, then that is said, and the exit code is 2', async () => {
    expect(await run(['routes', '--lang', 'fr'])).toEqual({
      code: 2,
      out: '',
      err: '--lang fr: zh or en.\n',
    });
    expect(await run(['routes', '--lang'], { LANG: 'zh_CN' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('只能是 zh 或 en'),
    });
  });
});

describe('given the commands', () => {
  test('when their list is read, then they are all there', () => expect(names.length).toBeGreaterThan(15));

  test('when the list is Chinese, then no line of it is English, and each command stands in it', async () => {
    const { out } = await run(['--help', '--lang', 'zh']);
    expect(englishWords(out)).toEqual([]);
    for (const name of names) expect(out).toMatch(new RegExp(`^  ${name} +\\S*\\p{Script=Han}`, 'mu'));
  });

  test.each(names)('when %s is explained, then in Chinese without an English sentence', async (name) => {
    const [zh, en] = await Promise.all(
      ['zh', 'en'].map(async (language) => (await run([name, '--help', '--lang', language])).out),
    );
    expect(zh).toMatch(/^用法：/);
    expect(englishWords(zh ?? '')).toEqual([]);
    expect(en).toMatch(/^Usage: /);
    expect(inBrackets(en ?? '')).not.toMatch(CHINESE);
    const options = (text = ''): readonly string[] => [...new Set(text.match(/--[a-z][a-z-]+/g))].sort();
    expect(options(zh)).toEqual(options(en));
    expect(Math.max(...(zh ?? '').split('\n').map(widthOf))).toBeLessThanOrEqual(125);
  });
});

describe('given command lines that make no sense', () => {
  test.each([
    [['sned'], '没有 "sned" 这个命令。是不是 "send"？'],
    [['routes', '--jsn'], '没有 --jsn 这个选项。是不是 --json？'],
    [['routes', 'extra'], '多了一个参数 "extra"。'],
    [['serve', '--role', 'boss'], '没有 --role boss 这种角色'],
    [['send'], '要发送什么？'],
    [['send', '--dev', 'nonsense'], '"nonsense" 既不是文件'],
    [['send', '--dev', 'message.text', '--field'], '--field 后面要写值。'],
    [['routes', '--json=1'], '--json 后面不写值。'],
    [['send', '--dev', 'message.text', '--aes-key', 'abc'], '密钥有 3 个字符'],
    [['menu'], '要做什么？'],
    [['token', 'show', '--force'], '--force 只能和 refresh 一起用。'],
    [['users', 'export'], '要写到哪里？'],
    [['quota', 'x'], 'x：路径要以斜杠开头。'],
    [['report', '--errcode', 'x'], '--errcode x：应为数字'],
    [['replay', 'x'], '没有写 --against'],
    [['fixture'], '要哪条推送？'],
    [['doctor', '--url', 'ftp://x'], '--url ftp://x：应为 http'],
    [['conformance', 'http://x'], '没有写 --token。'],
    [['access-points', '--rounds', '0'], '--rounds 0：应为 1 到 1000 的整数。'],
    [['sandbox', '--port', 'x'], '--port x：应为 0 到 65535 的端口号。'],
    [['alarms', 'x'], 'x：这里只能写 test。'],
  ])('when it is %j, then why stands first, in Chinese, and the Chinese usage below', async (args, says) => {
    const { code, err } = await run([...args, '--lang', 'zh']);
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(err).toContain('用法：');
    expect(englishWords(err)).toEqual([]);
  });
});

describe('given the sources of the commands', () => {
  /** A sentence in one language: a literal that is handed to the terminal and holds two words. */
  const ONE_LANGUAGE =
    /terminal\.(?:out|err)\(\s*(?:'[^']*[a-z]{2} [a-z]{2}[^']*'|`[^`]*[a-z]{2} [a-z]{2}[^`]*`)/g;

  test.each(typeScriptFiles('src/cli'))('when %s speaks to the terminal, then in both languages', (file) => {
    const source = readFileSync(file, 'utf8').replaceAll(/\$\{[^}]*\}/g, '');
    expect(source.match(ONE_LANGUAGE) ?? []).toEqual([]);
  });

  test('when a sentence is given in one language, then it is found', () => {
    expect("terminal.err('No server runs here.')").toMatch(ONE_LANGUAGE);
    expect('terminal.out(\n  `${count} of ${all} are done`)').toMatch(ONE_LANGUAGE);
    expect('terminal.out(JSON.stringify(rows))').not.toMatch(ONE_LANGUAGE);
  });
});

/** In cells of a terminal: Chinese takes two. */
function widthOf(line: string): number {
  return Array.from(line).reduce(
    (width, letter) => width + (/[\p{Script=Han}\u3000-\u303f\uff01-\uff60]/u.test(letter) ? 2 : 1),
    0,
  );
}
