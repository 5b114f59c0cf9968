import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assertAccountsKnown } from '../../../src/handler-runtime/bound-accounts.js';
import { HandlerInvalid, loadHandlers } from '../../../src/handler-runtime/load-handlers.js';
import { captureLog } from '../../support/app/handler-runtime.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'handlers-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function write(files: { readonly [path: string]: string }): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

const load = (log = captureLog()) => loadHandlers(dir, { log });
const faults = () =>
  load().then(
    () => [],
    (error: unknown) => (error instanceof HandlerInvalid ? error.faults.map(({ text }) => text) : [error]),
  );

const HANDLER = `export default { on: 'message.text', handle: () => undefined };`;

describe('given a folder of plain modules', () => {
  test('when it is loaded, then files become handlers and observers under their names', async () => {
    await write({
      'a.mjs': HANDLER,
      'shop/order.mjs': `import { on } from '../_shared.mjs'; export default { on, handle() {} };`,
      'watch.mjs': `export default { on: '*', observe() {} };`,
      '_shared.mjs': `export const on = ['event.click', 'message'];`,
      '_old/b.mjs': 'throw new Error("not a handler")',
      'node_modules/x/index.mjs': 'throw new Error("not a handler")',
      '.hidden.mjs': 'throw new Error("not a handler")',
      'a.test.mjs': 'throw new Error("not a handler")',
      'a.d.ts': 'throw new Error("not a handler")',
      'a.mjs.map': '{}',
      'README.md': '',
    });
    const { handlers, observers } = await load();
    expect(handlers.map(({ name, on, file }) => ({ name, on, file }))).toEqual([
      { name: 'a', on: ['message.text'], file: join(dir, 'a.mjs') },
      { name: 'shop/order', on: ['event.click', 'message'], file: join(dir, 'shop/order.mjs') },
    ]);
    expect(observers.map(({ name }) => name)).toEqual(['watch']);
  });

  test('when it is empty, then the log says what that means', async () => {
    const log = captureLog();
    expect(await load(log)).toEqual({ handlers: [], observers: [] });
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { dir } }]);
  });

  test('when it is not there, then the error names it and the setting', async () => {
    await expect(loadHandlers(join(dir, 'nowhere'), { log: captureLog() })).rejects.toThrow(
      /nowhere: .*HANDLERS_DIR/,
    );
  });
});

describe('given files at fault', () => {
  test('when several are, then all are named at once with file', async () => {
    await write({ 'good.mjs': HANDLER, 'one.mjs': 'export const a = 1;', 'two.mjs': 'export default 7;' });
    const error = await load().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'handler_invalid' });
    expect(String(error)).toContain(`${join(dir, 'one.mjs')}: has no default export`);
    expect(String(error)).toContain(`${join(dir, 'two.mjs')}: its default export is a number`);
    expect(String(error)).not.toContain('good.mjs');
  });

  test.each([
    [`{ on: 'message.txet', handle() {} }`, 'did you mean "message.text"?'],
    [`{ on: 'event.CLICK', handle() {} }`, 'did you mean "event.click"?'],
    [
      `{ on: ['message.text', 'zzzzzzzzzz'], handle() {} }`,
      'permitted are *, message, event, info, message.text',
    ],
    [`{ on: 'message.zzzzzzzzzzzzz', handle() {} }`, 'permitted are message.text, message.image'],
    [`{ on: 7, handle() {} }`, 'its `on` holds a number'],
    [`{ on: [], handle() {} }`, 'its `on` is missing'],
    [`{ handle() {} }`, 'its `on` is missing'],
    [`{ on: '*' }`, 'neither `handle` nor `observe`'],
    [`{ on: '*', accounts: 'main', handle() {} }`, 'its `accounts` is a string and must be a list'],
    [`{ on: '*', accounts: [], handle() {} }`, 'must be a list of account names'],
    [`{ on: '*', handle: 'x' }`, 'its `handle` is a string and must be a function'],
    [`{ on: '*', handle() {}, later: {} }`, 'its `later` is an object without keys'],
    [`{ on: '*', handle() {}, observe() {} }`, 'both `handle` and `observe`'],
    [`{ on: '*', handle() {}, undelivered() {} }`, 'both `handle` and `undelivered`'],
    [`{ on: '*', undelivered: 1 }`, 'its `undelivered` is a number and must be a function'],
    [`() => {}`, 'its default export is a function'],
    [`null`, 'its default export is null'],
  ])('when the default export is %s, then it says: %s', async (exported, sentence) => {
    await write({ 'it.mjs': `export default ${exported};` });
    expect(await faults()).toEqual([expect.stringContaining(sentence)]);
  });

  test('when some are bound to accounts that nobody configured, then each is named with what was meant', async () => {
    const bound = (name: string) => `export default { on: '*', accounts: ['${name}'], handle() {} };`;
    await write({ 'good.mjs': bound('shop'), 'near.mjs': bound('shpo'), 'far.mjs': bound('elsewhere') });
    const handlers = await load();
    const check = (): void => assertAccountsKnown(dir, handlers, [{ name: 'shop' }, { name: 'news' }]);
    expect(check).toThrow(HandlerInvalid);
    expect(check).toThrow(/near\.mjs: .*"shpo".*did you mean "shop"\?/);
    expect(check).toThrow(/far\.mjs: .*"elsewhere".*configured are shop, news/);
    expect(check).not.toThrow(/good\.mjs/);
  });

  test('when a module throws, then the fault has its message and line', async () => {
    await write({ 'it.mjs': `\n\nthrow new Error('oops');` });
    expect(await faults()).toEqual([expect.stringMatching(/Error: oops\n {4}at .*it\.mjs:3$/)]);
  });

  test('when a shared file has a syntax error, then that file and line are named', async () => {
    await write({ 'it.mjs': `import './_shared.mjs'; ${HANDLER}`, '_shared.mjs': `\nexport const a = ;` });
    expect(await faults()).toEqual([expect.stringMatching(/SyntaxError.*\n {4}at .*_shared\.mjs:2$/)]);
  });

  test('when two files have one name, then the second is named', async () => {
    await write({ 'a.mjs': HANDLER, 'a.js': HANDLER });
    expect(await faults()).toEqual([expect.stringContaining('same name')]);
  });

  test('when a default export is a class instance, then it is as good as an object', async () => {
    await write({
      'it.mjs': `class Greets { on = 'message.text'; handle() {} }; export default new Greets();`,
    });
    expect((await load()).handlers).toHaveLength(1);
  });
});
