import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readPage } from '../../support/app/markdown-page.js';

interface Section {
  readonly zh: string;
  readonly en: string;
  readonly pages: readonly string[];
}
const sections: readonly Section[] = JSON.parse(readFileSync('site/sections.json', 'utf8'));

const pages = readdirSync('docs')
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .map((name) => name.replace(/\.md$/, ''));

describe('given the pages of docs/', () => {
  test('when the side bar of the site is compared with them, then it has each of them once', () => {
    const listed = sections.flatMap((section) => section.pages);
    expect(new Set(listed)).toEqual(new Set(pages));
    expect(listed).toHaveLength(pages.length);
    expect(listed.filter((name) => !existsSync(`docs/zh/${name}.md`))).toEqual([]);
  });

  test.each(['docs/README.md', 'docs/zh/README.md'])(
    'when %s is read, then it leads to each of them',
    (path) => {
      const links = readPage(path).links.map((link) => link.replace(/\.md$/, ''));
      expect(pages.filter((name) => !links.includes(name))).toEqual([]);
    },
  );
});
