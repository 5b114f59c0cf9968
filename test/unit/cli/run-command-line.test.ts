import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { formatTable } from '../../../src/cli/routes.js';
import { runCommandLine } from '../../../src/cli/run-command-line.js';
import { pushKinds } from '../../../src/protocol/push/push.js';

async function run(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(args, { out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('given a command line', () => {
  test('when it asks for help or the version, then that is printed and the exit code is 0', async () => {
    expect(await run('--help')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/serve[\s\S]*send[\s\S]*routes/),
    });
    expect(await run('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    for (const command of ['serve', 'send', 'routes']) {
      expect(await run(command, '--help')).toMatchObject({
        code: 0,
        out: expect.stringContaining(`wechat-callback ${command}`),
      });
    }
  });

  test('when send is asked for a list, then every kind of push stands there, with its name, in either language', async () => {
    const english = await run('send', '--list');
    expect(english).toMatchObject({ code: 0, err: '' });
    const kinds = english.out.split('\n').map((line) => line.split(' ')[0]);
    expect(kinds).toEqual([...pushKinds]);
    expect(english.out).toMatch(/^message\.text +\S+/m);
    const chinese = await run('send', '--list', '--lang', 'zh');
    expect(chinese.out).toMatch(/^message\.text +[\u4E00-\u9FFF]+/m);
  });

  test.each([
    [[], /Usage: wechat-callback <command>/],
    [['sned'], /Unknown command "sned". Did you mean "send"\?/],
    [['frobnicate'], /Unknown command "frobnicate"\.\n/],
    [['routes', '--jsn'], /Unknown option --jsn. Did you mean --json\?/],
    [['routes', 'extra'], /"extra" is one argument too many/],
    [['serve', '--role', 'boss'], /--role boss does not exist: all, web or worker/],
    [['send'], /What should be sent/],
    [['send', '--dev', 'nonsense'], /"nonsense" is neither a file nor a kind/],
    [['send', '--dev', 'message.text', '--field', 'Content'], /--field Content is not of the form/],
    [['send', '--dev', 'message.text', '--times', '0'], /--times 0/],
    [['send', '--dev', 'message.text', '--mode', 'aes'], /--mode aes does not exist/],
    [['send', '--dev', 'message.text', '--aes-key', 'abc'], /The key has 3 characters/],
    [['send', '--dev', 'message.text', '--to', 'ftp://x'], /--to ftp:\/\/x is not an http/],
    [['send', '--dev', 'message.text', '--account', 'x'], /No account "x" is configured.*default/],
    [['send', '--dev', 'message.text', '--field'], /--field/],
  ])('when it is %j, then the exit code is 2 and says why', async (args, reason) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toMatch(reason);
  });

  test('when one option is wrong, then the fault and the way to the help fit on one screen', async () => {
    const { err } = await run('send', 'message.text', '--url', 'http://127.0.0.1/');
    expect(err.trimEnd().split('\n')).toEqual([
      'Unknown option --url.',
      '',
      expect.stringMatching(/^Usage: wechat-callback send /),
      '--help explains all of it.',
    ]);
  });
});

describe('given a file to send', () => {
  test('when it is in GBK, then it is not sent, and the line is told', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'send-'));
    const file = join(dir, 'push.xml');
    await writeFile(file, Buffer.from([0x3c, 0x0a, 0xcc, 0xec]));
    expect(await run('send', '--dev', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('push.xml is not UTF-8 in line 2'),
    });
    await rm(dir, { recursive: true });
  });
});

describe('given a routing table', () => {
  test('when it is printed, then its columns are aligned', () => {
    const row = { type: 'handler', conditional: true, later: false } as const;
    const table = formatTable([
      { ...row, on: 'message.text', name: 'help', file: '/h/help.ts' },
      { ...row, on: '*', name: 'a-long-name', file: '/h/a-long-name.ts', conditional: false, later: true },
    ]);
    expect(table.split('\n')).toEqual([
      'ON            NAME         TYPE     WHEN  LATER  FILE',
      'message.text  help         handler  when  -      /h/help.ts',
      '*             a-long-name  handler  -     later  /h/a-long-name.ts',
    ]);
  });

  test('when a handler is bound to accounts, then a column names them', () => {
    const row = { type: 'handler', on: '*', conditional: false, later: false, file: '/h' } as const;
    const table = formatTable([
      { ...row, name: 'a', accounts: ['shop', 'news'] },
      { ...row, name: 'b' },
    ]);
    expect(table.split('\n')).toEqual([
      'ON  NAME  TYPE     WHEN  ACCOUNTS   LATER  FILE',
      '*   a     handler  -     shop news  -      /h',
      '*   b     handler  -     -          -      /h',
    ]);
  });
});
