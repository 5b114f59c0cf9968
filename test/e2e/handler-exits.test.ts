import { afterEach, describe, expect, test } from '@jest/globals';
import {
  makeServerFolder,
  type ServerFolder,
  type ServerProcess,
} from '../support/processes/built-server.js';
import { UNREACHABLE_WECHAT } from '../support/wechat/fixture-settings.js';
import { exchange, rawPush, textXml, wire } from '../support/wechat/wire-push.js';

const SETTINGS = { ...UNREACHABLE_WECHAT, WECHAT_CIPHER_MODE: 'plaintext', MAX_PUSH_AGE_S: '0' };

const handler = (text: string, body: string, head = ''): string =>
  `${head} export default { on: 'message.text', when: ({ content }) => content === '${text}', ${body} };`;

/** By name, handlers that end the process in one way each; the text is the name. */
const HANDLERS: Readonly<Record<string, string>> = {
  'at-once.mjs': handler('at-once', 'handle() { process.exit(); }'),
  'waiting.mjs': handler(
    'waiting',
    'async handle() { await new Promise((r) => setTimeout(r, 20)); process.exit(0); }',
  ),
  'by-name.mjs': handler('by-name', 'handle() { exit(3); }', "import { exit } from 'node:process';"),
  'by-timer.mjs': handler('by-timer', 'handle() { setTimeout(() => process.exit(0), 1); }'),
  'in-when.mjs': `export default {
    on: 'message.text', when: ({ content }) => content === 'in-when' && process.exit(0), handle() {},
  };`,
  'by-shared-code.mjs': handler('by-shared-code', 'handle() { end(); }', "import { end } from './_end.mjs';"),
  '_end.mjs': 'export const end = () => process.exit(0);',
  'in-later.mjs': handler('in-later', 'handle: (ctx) => ctx.defer({}), later() { process.exit(0); }'),
  'watching.mjs': `export default {
    on: 'message.text', observe({ push }) { if (push.content === 'watching') process.exit(0); },
  };`,
};

let folder: ServerFolder;
afterEach(() => folder.remove());

const lastWords = (server: ServerProcess) =>
  server.lines().filter(({ msg }) => String(msg).startsWith('unexpected exit: '));

describe('given a handler that ends the process', () => {
  const names = Object.keys(HANDLERS)
    .map((file) => file.replace('.mjs', ''))
    .filter((name) => name !== '_end');
  test.each(names)('when %s does it, then the log names it and the exit code is 1', async (name) => {
    folder = await makeServerFolder(HANDLERS);
    const server = folder.start(SETTINGS);
    const { port } = await server.ready();
    await exchange(port, [rawPush(wire(textXml({ Content: name })))]).text.catch(() => '');
    expect(await server.exited).toBe(1);
    expect(lastWords(server)).toMatchObject([
      { level: 'error', handler: name, msg: expect.stringContaining(`"${name}"`) },
    ]);
  });

  test('when a file does it while it is imported, then the log names it and the exit code is 1', async () => {
    folder = await makeServerFolder({ 'eager.mjs': 'process.exit(0); export default {};' });
    const server = folder.start(SETTINGS);
    expect(await server.exited).toBe(1);
    expect(lastWords(server)).toMatchObject([{ handler: 'eager' }]);
  });
});

describe('given a server that is told to stop', () => {
  test('when it has stopped, then the exit code is 0 and no handler is blamed', async () => {
    folder = await makeServerFolder(HANDLERS);
    const server = folder.start(SETTINGS);
    await server.ready();
    expect(await server.stop()).toBe(0);
    expect(lastWords(server)).toEqual([]);
  });
});
