import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { formatTable } from '../../../src/cli/routes.js';
import { runCommandLine } from '../../../src/cli/run-command-line.js';

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

  test.each([
    [[], /Usage: wechat-callback <command>/],
    [['sned'], /Unknown command "sned". Is "send" meant\?/],
    [['frobnicate'], /Unknown command "frobnicate"\.\n/],
    [['routes', '--jsn'], /Unknown option --jsn. Is --json meant\?/],
    [['routes', 'extra'], /"extra" is one argument too many/],
    [['serve', '--role', 'boss'], /--role boss does not exist: all, web or worker/],
    [['send'], /What is to be sent/],
    [['send', '--dev', 'nonsense'], /"nonsense" is neither a file nor a kind/],
    [['send', '--dev', 'message.text', '--field', 'Content'], /--field Content is not of the form/],
    [['send', '--dev', 'message.text', '--times', '0'], /--times 0/],
    [['send', '--dev', 'message.text', '--mode', 'aes'], /--mode aes does not exist/],
    [['send', '--dev', 'message.text', '--aes-key', 'abc'], /The key has 3 characters/],
    [['send', '--dev', 'message.text', '--to', 'ftp://x'], /--to ftp:\/\/x is no http/],
    [['send', '--dev', 'message.text', '--account', 'x'], /--account x does not exist: default/],
    [['send', '--dev', 'message.text', '--field'], /--field/],
  ])('when it is %j, then the exit code is 2 and says why', async (args, reason) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toMatch(reason);
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
});
