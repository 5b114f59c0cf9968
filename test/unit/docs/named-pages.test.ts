import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { typeScriptFiles } from '../../support/language/source-files.js';

interface Named {
  readonly page: string;
  readonly file: string;
}

const { files: packed }: { readonly files: readonly string[] } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);
const leftOut = packed.filter((pattern) => pattern.startsWith('!docs/')).map((pattern) => basename(pattern));
const isPacked = (page: string): boolean => existsSync(page) && !leftOut.includes(basename(page));

const PAGE = /(?<![\w/])docs\/(?:zh\/)?[\w-]+\.md/g;
const pagesIn = (file: string, text: string): readonly Named[] =>
  (text.match(PAGE) ?? []).map((page) => ({ page, file }));
/** The sentences of a source: everything but its comments, which speak to people in the repository. */
const sentencesOf = (source: string): string =>
  source.replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');

const named = [
  ...typeScriptFiles('src').flatMap((file) => pagesIn(file, sentencesOf(readFileSync(file, 'utf8')))),
  ...pagesIn('.env.example', readFileSync('.env.example', 'utf8')),
  ...readdirSync('template', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => pagesIn(name, readFileSync(join('template', name), 'utf8'))),
];

describe('given the pages of docs/ that the program names to its users', () => {
  test('when they are looked for in the package, then each is there', () => {
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ page }) => !isPacked(page))).toEqual([]);
  });

  test('when a page is left out of the package, then it is found', () => {
    expect(leftOut).toContain('token-centre.md');
    expect(
      pagesIn('x', "says: 'see docs/token-centre.md'").filter(({ page }) => !isPacked(page)),
    ).toHaveLength(1);
  });
});
