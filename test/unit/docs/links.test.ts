import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readPage } from '../../support/app/markdown-page.js';

const pages = ['.', 'docs', 'docs/zh', 'docs/decisions', 'fixtures'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

/** Returns the fault of a link; undefined if there is none. External links are not fetched. */
function faultOf(path: string, link: string): string | undefined {
  if (/^(?:https?|mailto):/.test(link)) return undefined;
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? path : join(dirname(path), decodeURI(file));
  if (!existsSync(target)) return `${link}: no such file`;
  if (anchor === undefined) return undefined;
  const anchors = readPage(target).headings.map((heading) => heading.anchor);
  return anchors.includes(decodeURI(anchor)) ? undefined : `${link}: no such heading`;
}

describe('given the pages of this repository', () => {
  test('when they are listed, then there are many, and most have links', () => {
    expect(pages.length).toBeGreaterThan(60);
    expect(pages.flatMap((path) => readPage(path).links).length).toBeGreaterThan(200);
  });

  test.each(pages)('when the links of %s are followed, then file and heading are there', (path) => {
    expect(readPage(path).links.flatMap((link) => faultOf(path, link) ?? [])).toEqual([]);
  });

  test('when a link leads nowhere, then it is found', () => {
    expect(faultOf('README.md', 'docs/no-such-page.md')).toBe('docs/no-such-page.md: no such file');
    expect(faultOf('README.md', 'docs/errors.md#nothing')).toBe('docs/errors.md#nothing: no such heading');
    expect(faultOf('README.md', 'docs/errors.md#reasons-of-a-dead-letter')).toBeUndefined();
  });
});
