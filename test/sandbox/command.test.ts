import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UsageInvalid } from '../../src/cli/command.js';
import { openTerminal } from '../../src/cli/command.js';
import { sandbox } from '../../src/cli/sandbox/sandbox.js';
import { startTinyServer } from './support/tiny-server.js';

let dir: string;
let tiny: Awaited<ReturnType<typeof startTinyServer>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sandbox-command-'));
  tiny = await startTinyServer('secretToken');
});
afterEach(async () => {
  await tiny.stop();
  await rm(dir, { recursive: true });
});

const run = async (...args: string[]) => runIn('en', ...args);

async function runIn(language: 'zh' | 'en', ...args: string[]) {
  const said = { out: '', err: '' };
  const exit = await sandbox.run(
    args,
    openTerminal(
      {
        out: (text) => void (said.out += `${text}\n`),
        err: (text) => void (said.err += `${text}\n`),
      },
      language,
    ),
  );
  return { exit, ...said };
}

const YAML_SCENARIO = `
# The handshake, a talk, a forgery.
name: a first talk
steps:
  - handshake: true
    expect: { outcome: accepted }
  - push: { fields: { Content: '007' } }
    expect:
      outcome: reply
      tries: 1
      reply: { type: text, content: 你说：007 }
  - chat: { via: passive }
    within: 1s
  - push: { hostile: bad-signature }
    expect: { outcome: refused, status: 403 }
`;

const script = async (outcome: string): Promise<string> => {
  const file = join(dir, `${outcome}.json`);
  const steps = [
    { handshake: true, expect: { outcome: 'accepted' } },
    { push: {}, expect: { outcome } },
  ];
  await writeFile(file, JSON.stringify({ name: 'a try', steps }));
  return file;
};

describe('given the sandbox on the command line', () => {
  const account = () => [
    '--target',
    tiny.url,
    '--token',
    'secretToken',
    '--mode',
    'plaintext',
    '--port',
    '0',
  ];

  test('when a script passes, then the exit code is 0 and each step is told', async () => {
    const { exit, out } = await run(...account(), '--script', await script('reply'));
    expect(exit).toBe(0);
    expect(out).toMatch(/^a try: passed\nok {3}\{"handshake":true/);
  });

  test('when a script fails, then the exit code is 1 and the step says why, as JSON where asked', async () => {
    const { exit, out } = await run(...account(), '--script', await script('silent'), '--json');
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      passed: false,
      steps: [{ passed: true }, { problem: 'exchange.outcome: expected "silent", got "reply"' }],
    });
  });

  test('when a script fails in Chinese, then the step says why in Chinese', async () => {
    const { exit, out } = await runIn('zh', ...account(), '--script', await script('silent'));
    expect(exit).toBe(1);
    expect(out).toContain('exchange.outcome：应为 "silent"，实际是 "reply"');
  });

  test('when a script is written in YAML, then it runs as its JSON would', async () => {
    const file = join(dir, 'scenario.yml');
    await writeFile(file, YAML_SCENARIO);
    const { exit, out, err } = await run(...account(), '--script', file, '--json');
    expect(err).toBe('');
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      name: 'a first talk',
      passed: true,
      steps: [
        { step: { handshake: true } },
        { step: { push: { fields: { Content: '007' } } } },
        { step: { chat: { via: 'passive' } } },
        { step: { push: { hostile: 'bad-signature' } } },
      ],
    });
  });

  test.each([
    ['that is no YAML', 'steps: [', /scenario\.yml: .+/],
    ['with a step that does not exist', 'name: a\nsteps:\n  - shout: hello', /scenario\.yml: .*steps/s],
    ['with a number where text belongs', 'name: 7\nsteps:\n  - handshake: true', /scenario\.yml: .*name/s],
  ])('when a script %s is run, then the fault is told without a stack', async (_what, text, said) => {
    const file = join(dir, 'scenario.yml');
    await writeFile(file, text);
    const { exit, out, err } = await run(...account(), '--script', file);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err).toMatch(said);
    expect(err).not.toMatch(/^ +at /m);
  });

  test('when the script has a byte order mark, then it runs; when it is in GBK, then the line is told', async () => {
    const file = await script('reply');
    await writeFile(file, `\uFEFF${await readFile(file, 'utf8')}`);
    expect(await run(...account(), '--script', file)).toMatchObject({ exit: 0 });
    await writeFile(file, Buffer.from([0x23, 0xcc, 0xec]));
    expect(await run(...account(), '--script', file)).toMatchObject({
      exit: 1,
      err: expect.stringContaining('is not UTF-8 in line 1'),
    });
  });

  test('when the script cannot be read, then one sentence says so', async () => {
    expect(await run(...account(), '--script', join(dir, 'none.json'))).toMatchObject({
      exit: 1,
      err: expect.stringMatching(/ENOENT/),
    });
  });

  test('when the port is taken, then the way out is named', async () => {
    const port = new URL(tiny.url).port;
    expect(await run('--port', port)).toMatchObject({ exit: 1, err: expect.stringMatching(/--port/) });
  });

  test.each([
    ['--mode', 'secret'],
    ['--aes-key', 'short'],
    ['--target', 'ftp://a'],
    ['--port', '99999'],
  ])('when %s is %s, then that is a fault of usage', async (option, value) => {
    await expect(run(option, value)).rejects.toThrow(UsageInvalid);
  });
});
