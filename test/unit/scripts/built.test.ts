import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const {
  copyHandlerFiles,
  isBuilt,
}: { readonly copyHandlerFiles: (root: string) => void; readonly isBuilt: (root: string) => boolean } =
  await import(pathToFileURL(resolve('scripts/built.mjs')).href);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'built-'));
  for (const folder of ['src', 'handlers/pictures', 'dist'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'handlers/poster.ts'), '');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('given the handlers of a clone', () => {
  test('when they are built, then plain JavaScript and the files that handlers read go along', () => {
    for (const name of ['plain.mjs', 'pictures/map.png']) writeFileSync(join(root, 'handlers', name), 'x');
    copyHandlerFiles(root);
    const has = (name: string) => existsSync(join(root, 'dist/handlers', name));
    expect([has('plain.mjs'), has('pictures/map.png'), has('poster.ts')]).toEqual([true, true, false]);
  });

  test('when a file is newer than the build, or one was removed, then the build is out of date', () => {
    expect(isBuilt(root)).toBe(false);
    writeFileSync(join(root, 'dist/built'), '');
    const laterS = Date.now() / 1000 + 10;
    utimesSync(join(root, 'dist/built'), laterS, laterS);
    expect(isBuilt(root)).toBe(true);
    utimesSync(join(root, 'handlers/poster.ts'), laterS + 1, laterS + 1);
    expect(isBuilt(root)).toBe(false);
    utimesSync(join(root, 'handlers/poster.ts'), 1, 1);
    utimesSync(join(root, 'handlers/pictures'), laterS + 1, laterS + 1);
    expect(isBuilt(root)).toBe(false);
  });
});
