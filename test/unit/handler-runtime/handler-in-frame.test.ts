import { describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { handlerInFrame } from '../../../src/handler-runtime/handler-files.js';

describe('given a folder of handlers, reached by a link', () => {
  test('when the frames of a stack are read, then those in handler files name their handler, and no others', async () => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'frames of ')));
    await mkdir(join(root, 'real'));
    await symlink(join(root, 'real'), join(root, 'link'));
    const nameIn = (frame: string) => handlerInFrame(join(root, 'link'), frame);
    const url = (path: string): string => pathToFileURL(join(root, 'real', path)).href;
    try {
      expect(nameIn(`    at handle (${url('echo.ts')}:3:5)`)).toBe('echo');
      expect(nameIn(`    at async handle (${url('shop/order.mjs')}?generation=7:3:5)`)).toBe('shop/order');
      expect(nameIn(`    at ${url('echo.js')}:3:5`)).toBe('echo');
      expect(nameIn(`    at async ${join(root, 'real', 'echo.ts')}:3:5`)).toBe('echo');
      for (const other of [
        `    at handle (${url('_shared/model.ts')}:3:5)`,
        `    at handle (${url('node_modules/x/index.js')}:3:5)`,
        `    at handle (${url('../other.ts')}:3:5)`,
        '    at process.exit (node:internal/process/per_thread:241:13)',
        '    at new Promise (<anonymous>)',
      ])
        expect([other, nameIn(other)]).toEqual([other, undefined]);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
