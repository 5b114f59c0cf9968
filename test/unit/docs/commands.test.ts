import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../../../src/cli/run-command-line.js';

const pages = ['.', 'docs', 'docs/zh'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

/** By what a pattern finds on all pages, where it stands. */
function found(pattern: RegExp): ReadonlyMap<string, string> {
  const places = pages.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(pattern)].map(([, name = '']) => [name, path] as const),
  );
  expect(places.length).toBeGreaterThan(10);
  return new Map(places);
}

const unknown = (names: ReadonlyMap<string, string>, known: ReadonlySet<string>): string[] =>
  [...names].filter(([name]) => !known.has(name)).map(([name, path]) => `${name} (${path})`);

describe('given the commands on the pages', () => {
  test('when npm scripts are named, then package.json has them', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(unknown(found(/npm run (?:--silent )?([\w:-]+)/g), new Set(Object.keys(scripts)))).toEqual([]);
  });

  test('when commands of the program are named, then its help lists them', async () => {
    let help = '';
    await runCommandLine(['--help'], { out: (text) => (help += text), err: () => undefined });
    const known = new Set([...help.matchAll(/^ {2}([a-z][a-z-]*) {2}/gm)].map(([, name = '']) => name));
    expect(known.size).toBeGreaterThan(10);
    expect(
      unknown(found(/(?:`|npx |^|run cli --silent -- )wechat-callback ([a-z][a-z-]+)/gm), known),
    ).toEqual([]);
  });
});
