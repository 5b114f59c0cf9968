import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

/** Words that docs/glossary.md replaced. None of them may come back in the name of a file or of an export. */
const RETIRED: ReadonlySet<string> = new Set(
  (
    'insist disown homecoming leftovers whereabouts shelf shelves shelve shelved letter letters desk road roads ' +
    'stash stashed deed deeds door doors spill buried bury hurry overtaken lent ousted weixin seat seats farewell ' +
    'wishes disguise dress dressed relaid handling accompany tries'
  ).split(' '),
);

/** The words of a name, however it is spelt: `deadLetterOf`, `DeadLetter`, `dead-letter`, `MAX_DEAD_LETTERS`. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);

function retiredIn(name: string): string[] {
  const words = wordsOf(name);
  return words.filter(
    (word, index) =>
      RETIRED.has(word) && !((word === 'letter' || word === 'letters') && words[index - 1] === 'dead'),
  );
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

/** Decisions are never edited, and what others wrote keeps its names. */
const isOurs = (path: string): boolean => !/^docs.decisions|page.vendor/.test(path);

const EXPORT =
  /^export (?:default |declare |abstract |async )*(?:const|let|function\*?|class|interface|type)\s+([\w$]+)/gm;

describe('given the names of this repository', () => {
  const files = ['src', 'test', 'docs', 'handlers', 'scripts', 'bench'].flatMap(filesIn).filter(isOurs);

  test('when files are listed, then none is named by a retired word', () => {
    expect(files.length).toBeGreaterThan(500);
    expect(files.filter((path) => retiredIn(path).length > 0)).toEqual([]);
  });

  test('when exports are listed, then none is named by a retired word', () => {
    const exported = files
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) =>
        [...readFileSync(path, 'utf8').matchAll(EXPORT)].map(([, name = '']) => ({ path, name })),
      );
    expect(exported.length).toBeGreaterThan(1_000);
    expect(exported.filter(({ name }) => retiredIn(name).length > 0)).toEqual([]);
  });

  test.each(['deadLetterOf', 'DeadLetterQueue', 'MAX_DEAD_LETTERS'])(
    'when it is %s, then it may stand',
    (name) => expect(retiredIn(name)).toEqual([]),
  );

  test.each([
    ['letterDesk', ['letter', 'desk']],
    ['src/pipeline/road.ts', ['road']],
    ['SHELF_LOOK', ['shelf']],
  ])('when it is %s, then it is found', (name, found) => expect(retiredIn(name)).toEqual(found));
});
