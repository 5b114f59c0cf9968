import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkModule } from '../../../src/handler-runtime/check-module.js';
import { HandlerInvalid, HandlersMissing, loadHandlers } from '../../../src/handler-runtime/load-handlers.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { englishWords } from '../../support/language/english-words.js';

const on = 'message.text';
const handle = () => undefined;

describe('given a module that is no handler', () => {
  test.each<readonly [string, unknown]>([
    ['no export', undefined],
    ['a text', 'x'],
    ['a list', [1]],
    ['no kind', { handle }],
    ['an unknown kind', { on: 'message.zzzzzzzzzzzzzzzzzzz', handle }],
    ['a misspelt kind', { on: 'message.txt', handle }],
    ['kinds that are no texts', { on: [1, null, {}, { text: 1 }], handle }],
    ['no function', { on, handle: 'x' }],
    ['two behaviours', { on, handle, observe: handle }],
    ['nothing to do', { on }],
  ])('when it has %s, then why is said in Chinese and in English', (_, module) => {
    const checked = checkModule({ name: 'a', path: '/h/a.ts' }, { default: module });
    expect(checked.type).toBe('fault');
    if (checked.type !== 'fault') return;
    expect(checked.fault.zh).toMatch(/\p{Script=Han}/u);
    expect(englishWords(checked.fault.zh)).toEqual([]);
    expect(checked.fault.en).not.toMatch(/\p{Script=Han}/u);
  });
});

describe('given a folder of handlers', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'handlers-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const failure = (folder: string): Promise<unknown> =>
    loadHandlers(folder, { log: silentLogger }).then(
      () => undefined,
      (error: unknown) => error,
    );

  test('when it is not there, then the way out is said in Chinese', () => {
    const said = new HandlersMissing('/h').messageIn('zh');
    expect(said).toMatch(/^\/h 里的处理模块无法使用：\n.*不存在：请建立这个目录/);
    expect(englishWords(said)).toEqual([]);
  });

  test('when two files have one name, then that is said in Chinese', async () => {
    for (const name of ['a.mjs', 'a.js'])
      await writeFile(join(dir, name), `export default { on: '*', handle() {} };\n`);
    const error = await failure(dir);
    expect(error).toBeInstanceOf(HandlerInvalid);
    if (error instanceof HandlerInvalid) expect(error.messageIn('zh')).toContain('同名');
  });
});
