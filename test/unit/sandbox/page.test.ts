import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createSandbox } from '../../../src/sandbox/sandbox.js';
import { pageModule } from '../../support/page-module.js';
import { portOf } from '../../support/port-of.js';

const PAGE = 'src/sandbox/page';
const files = (await readdir(PAGE, { recursive: true })).filter((path) => /\.(js|css|html)$/.test(path));
const own = files.filter((path) => !path.startsWith('vendor'));
const read = (path: string) => readFile(join(PAGE, path), 'utf8');

describe('given the files of the page', () => {
  test('when vendored files are hashed, then they are as they came, each with its licence', async () => {
    const manifest: Record<string, { sha256: string }> = JSON.parse(await read('vendor/manifest.json'));
    const present = (await readdir(join(PAGE, 'vendor'))).filter((path) => path !== 'manifest.json');

    expect(present.toSorted()).toEqual(Object.keys(manifest).toSorted());
    for (const [path, { sha256 }] of Object.entries(manifest)) {
      const bytes = await readFile(join(PAGE, 'vendor', path));
      expect([path, createHash('sha256').update(bytes).digest('hex')]).toEqual([path, sha256]);
    }
    expect(present.filter((path) => path.includes('LICENSE'))).toHaveLength(2);
  });

  test.each(own)('when %s is read, then nothing in it makes markup from text', async (path) => {
    expect(await read(path)).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/,
    );
  });

  test('when index.html is read, then it has no script and no style of its own', async () => {
    const index = await read('index.html');
    expect(index).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect(
      [...index.matchAll(/<script([^>]*)>([^<]*)/g)].map(([, attributes, body]) => [attributes, body]),
    ).toEqual([[' type="module" src="/main.js"', '']]);
  });

  test('when a file is asked for, then it comes with its type and a policy that allows nothing from elsewhere', async () => {
    const server = createServer(createSandbox().http).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${portOf(server)}`;
    const answers = await Promise.all(
      [
        '/',
        '/main.js',
        '/css/base.css',
        '/icon.svg',
        '/../package.json',
        '/%2e%2e/types.ts',
        '/nothing.js',
      ].map((path) => fetch(url + path, { headers: { connection: 'close' } })),
    );
    server.close();

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 404, 404, 404]);
    expect(answers.slice(0, 4).map(({ headers }) => headers.get('content-type')?.split(';')[0])).toEqual([
      'text/html',
      'text/javascript',
      'text/css',
      'image/svg+xml',
    ]);
    for (const { headers } of answers.slice(0, 4)) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/default-src 'none'.*connect-src 'self'.*frame-ancestors 'none'/);
      expect(policy).not.toContain('unsafe');
    }
  });
});

describe('given the words of the page', () => {
  test('when both languages are laid side by side, then each has what the other has', async () => {
    const { zh } = await pageModule<{ zh: object }>('i18n/zh.js');
    const { en } = await pageModule<{ en: object }>('i18n/en.js');
    expect(shapeOf(zh)).toEqual(shapeOf(en));
  });
});

/** Every path to a word, with what is there: a text, a function of so many values. */
function shapeOf(words: object, prefix = ''): string[] {
  return Object.entries(words)
    .flatMap(([name, value]: [string, unknown]) => {
      const path = `${prefix}${name}`;
      if (typeof value === 'function') return [`${path}(${value.length})`];
      if (typeof value === 'object' && value !== null) return shapeOf(value, `${path}.`);
      return [path];
    })
    .toSorted();
}
