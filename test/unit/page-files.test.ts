import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readPageFile } from '../../src/page-files.js';
import { createSandbox } from '../../src/sandbox/sandbox.js';
import { pageModule } from '../support/app/page-module.js';
import { portOf } from '../support/processes/port-of.js';

/** Below `src`. */
const PAGES = ['sandbox/page', 'operator-page'];
const KIT = 'page-kit';
const read = (path: string) => readFile(join('src', path), 'utf8');
const filesOf = async (folder: string): Promise<string[]> =>
  (await readdir(join('src', folder), { recursive: true }))
    .filter((path) => /\.(js|css|html)$/.test(path) && !path.startsWith('vendor'))
    .map((path) => join(folder, path));
const all = (await Promise.all([...PAGES, KIT].map(filesOf))).flat();

describe('given the files of the pages', () => {
  test('when vendored files are hashed, then they are as they came, each with its licence', async () => {
    const manifest: Record<string, { sha256: string }> = JSON.parse(
      await read(`${KIT}/vendor/manifest.json`),
    );
    const present = (await readdir(join('src', KIT, 'vendor'))).filter(
      (path) => path !== 'manifest.json' && !path.endsWith('.d.ts'),
    );

    expect(present.toSorted()).toEqual(Object.keys(manifest).toSorted());
    for (const [path, { sha256 }] of Object.entries(manifest)) {
      const bytes = await readFile(join('src', KIT, 'vendor', path));
      expect([path, createHash('sha256').update(bytes).digest('hex')]).toEqual([path, sha256]);
    }
    expect(present.filter((path) => path.includes('LICENSE'))).toHaveLength(2);
  });

  test.each(all)('when %s is read, then nothing in it makes markup from text', async (path) => {
    expect(await read(path)).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/,
    );
  });

  test.each(PAGES)(
    'when index.html of %s is read, then no script and no style stands in it',
    async (page) => {
      const index = await read(`${page}/index.html`);
      expect(index).not.toMatch(/<style|\sstyle=|\son\w+=/);
      expect(
        [...index.matchAll(/<script([^>]*)>([^<]*)/g)].map(([, attributes, body]) => [attributes, body]),
      ).toEqual([[' type="module" src="/main.js"', '']]);
    },
  );

  test.each(PAGES)(
    'when the browser follows each import and link of %s, then it finds a file',
    async (page) => {
      const unread = ['/'];
      const missing: string[] = [];
      for (let path = unread.pop(), seen = new Set<string>(); path !== undefined; path = unread.pop()) {
        const file = await readPageFile(page, path);
        if (file === undefined) missing.push(path);
        const text = file?.bytes.toString() ?? '';
        for (const [, link = ''] of text.matchAll(/(?:from|href=|src=) ?['"]([./][^'"]*)['"]/g)) {
          const next = new URL(link, `http://page${path}`).pathname;
          if (!seen.has(next) && !next.startsWith('/api/')) unread.push(next);
          seen.add(next);
        }
      }
      expect(missing).toEqual([]);
    },
  );

  test('when a file of the sandbox is asked for, then it comes with its type and a policy that allows nothing from elsewhere', async () => {
    const server = createServer(createSandbox().http).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${portOf(server)}`;
    const answers = await Promise.all(
      [
        '/',
        '/main.js',
        '/page-kit/css/base.css',
        '/icon.svg',
        '/../package.json',
        '/%2e%2e/clock.ts',
        '/nothing.js',
        '/page-kit/../sandbox.ts',
        '/page-kit/%2e%2e/page-files.ts',
      ].map((path) => fetch(url + path, { headers: { connection: 'close' } })),
    );
    server.close();

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 404, 404, 404, 404, 404]);
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

describe('given the words of the pages', () => {
  test.each(PAGES)(
    'when both languages of %s are laid side by side, then each has what the other has',
    async (page) => {
      const { zh } = await pageModule<{ zh: object }>(`${page}/i18n/zh.js`);
      const { en } = await pageModule<{ en: object }>(`${page}/i18n/en.js`);
      expect(shapeOf(zh)).toEqual(shapeOf(en));
    },
  );
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
