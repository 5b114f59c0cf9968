import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';

describe('given a handler file that imports the public face', () => {
  test('when it is loaded, then none of the server is loaded with it', () => {
    const script = `
      import Module from 'node:module';
      const { createServer } = await import(${JSON.stringify(pathToFileURL(resolve('dist/src/index.js')).href)});
      console.log(typeof createServer, Object.keys(Module._cache).filter((file) => /node_modules.(express|pino|bullmq|ioredis)/.test(file)).length);
    `;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(out.trim()).toBe('function 0');
  });
});
