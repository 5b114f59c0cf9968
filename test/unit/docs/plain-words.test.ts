import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readPage } from '../../support/app/markdown-page.js';

/** The glossary lists the old words on purpose. */
const pages = ['.', 'docs'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md' && name !== 'glossary.md')
    .map((name) => join(folder, name)),
);

/** Words of the private dialect that docs/glossary.md replaced, as prose would use them. */
const DIALECT =
  /\b(?:insists?|disown(?:ed|s)?|homecoming|leftovers|whereabouts|shelf|shelve[ds]?|roads?|stash(?:ed|es)?|deeds?|doors?|hears?|heard|buried|letter desk|(?:two|three|first|last|each|held|of its|all) tries)\b/i;

describe('given the prose of the English pages', () => {
  test.each(pages)('when %s is read, then it speaks the words of the field', (path) => {
    expect(readPage(path).prose.filter((text) => DIALECT.test(text.replaceAll(/\]\([^)]*\)/g, ']')))).toEqual(
      [],
    );
  });

  test.each(['The tries that were held hear it', 'All tries', 'takes the late road', 'a stashed answer'])(
    'when it is "%s", then it is found',
    (text) => expect(text).toMatch(DIALECT),
  );
});
