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

/** Words that names inside a file may have: short forms within their own file, and what is stored or configured. */
const IN_USE: ReadonlySet<string> = new Set(['letter', 'letters', 'tries', 'lent', 'weixin']);
/** They read what was stored in words of before. */
const OLDER_WORDS = /^src.(ports.older-words|push-record.codec)\.ts: road$/;

/** Every identifier of a file, without its comments and texts. */
function namesIn(path: string): string[] {
  const code = readFileSync(path, 'utf8')
    .replaceAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*/gm, '')
    .replaceAll(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, '')
    .replaceAll(/`(?:\\.|[^`\\])*`/g, (text) =>
      [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, name]) => name).join(' '),
    );
  return code.match(/[A-Za-z_$][\w$]*/g) ?? [];
}

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

  test('when the code of src is read, then no identifier in it has a retired word', () => {
    const code = files
      .filter((path) => /^src.*\.ts$/.test(path))
      .map((path) => ({ path, names: namesIn(path) }));
    expect(code.flatMap(({ names }) => names).length).toBeGreaterThan(10_000);
    const found = code.flatMap(({ path, names }) =>
      names
        .filter((name) => retiredIn(name).some((word) => !IN_USE.has(word)))
        .map((name) => `${path}: ${name}`),
    );
    expect(found.filter((one) => !OLDER_WORDS.test(one))).toEqual([]);
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
