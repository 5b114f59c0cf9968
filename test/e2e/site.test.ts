import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const outDir = mkdtempSync(join(tmpdir(), 'site-'));
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

/** Address in the built site of a page of docs/. */
const address = (page: string): string => page.replace(/README\.md$/, 'index.md').replace(/\.md$/, '.html');
const read = (page: string): string => readFileSync(join(outDir, address(page)), 'utf8');
const pages = ['', 'zh/', 'decisions/'].flatMap((folder) =>
  readdirSync(`docs/${folder}`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => folder + name),
);

// --mpa leaves out the bundle of the browser, half of the time: pages, links and Vue's templates are the same (decision 0072).
describe('given the site as VitePress builds it from docs/', () => {
  beforeAll(async () => {
    const vitepress = 'node_modules/vitepress/bin/vitepress.js';
    // A page that Vue cannot compile, or a link to a page that is not there, ends the build with 1.
    await promisify(execFile)(process.execPath, [vitepress, 'build', 'site', '--mpa', '--outDir', outDir], {
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
    });
  }, 180_000);

  test('when its pages are counted, then it has each page of docs/', () => {
    expect(pages.length).toBeGreaterThan(100);
    for (const page of pages) expect(read(page)).toContain('<h1 id=');
  });

  test('when two neighbours are read, then each stands in its language, with the side bar of that language', () => {
    expect(read('quick-start.md')).toContain('<html lang="en"');
    expect(read('quick-start.md')).toContain('href="/late-answers"');
    expect(read('zh/quick-start.md')).toContain('<html lang="zh-CN"');
    expect(read('zh/quick-start.md')).toContain('href="/zh/late-answers"');
  });

  test('when a heading is read, then it has the anchor that the links of the pages use', () => {
    expect(read('zh/operations.md')).toContain('id="启动停止与健康检查"');
  });
});
