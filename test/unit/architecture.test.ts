import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const src = resolve('src');

/** From the ground up. A file imports from lower floors or from its own folder; `also` are the named exceptions. */
const floors: readonly { readonly at: string; readonly floor: number; readonly also?: readonly string[] }[] =
  [
    { at: 'protocol', floor: 0 },
    { at: 'push-record', floor: 0, also: ['protocol'] },
    { at: 'ports', floor: 0, also: ['protocol', 'push-record'] },
    { at: 'config', floor: 0, also: ['protocol', 'config.ts'] },
    { at: 'config.ts', floor: 0, also: ['protocol', 'config'] },
    { at: 'types', floor: 0 },
    { at: 'crypto', floor: 0, also: ['protocol'] },
    { at: 'package-version.ts', floor: 0 },
    { at: 'adapters/file', floor: 1 },
    { at: 'adapters/redis', floor: 1 },
    { at: 'adapters/fallback', floor: 1 },
    { at: 'adapters/http', floor: 1 },
    { at: 'adapters/log', floor: 1 },
    { at: 'api', floor: 1 },
    { at: 'handler-runtime', floor: 1, also: ['api'] },
    { at: 'operations', floor: 1 },
    { at: 'pipeline', floor: 2 },
    { at: 'http', floor: 3 },
    { at: 'sandbox', floor: 3 },
    { at: 'operations-sources.ts', floor: 4 },
    { at: 'app.ts', floor: 4, also: ['operations-sources.ts'] },
    { at: 'embed.ts', floor: 4, also: ['app.ts'] },
    { at: 'index.ts', floor: 4, also: ['embed.ts'] },
    { at: 'reload.ts', floor: 5 },
    { at: 'unexpected-exit.ts', floor: 5 },
    { at: 'main.ts', floor: 5, also: ['serve.ts', 'open-files.ts'] },
    { at: 'open-files.ts', floor: 0 },
    { at: 'serve.ts', floor: 5, also: ['reload.ts', 'open-files.ts', 'unexpected-exit.ts'] },
    { at: 'cli', floor: 5, also: ['serve.ts', 'open-files.ts'] },
  ];

/** The sandbox is an outsider: of the house it knows the protocol only. */
const sandboxMayKnow = ['sandbox', 'protocol'];

function roomOf(file: string): (typeof floors)[number] {
  const path = relative(src, file);
  const room = floors.find(({ at }) => path === at || path.startsWith(`${at}/`));
  if (room === undefined)
    throw new Error(`${path} stands in no room of the house: add its folder to this test`);
  return room;
}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts')) yield path;
  }
}

const importPattern =
  /(?:import|export)\s[^'"]*?from\s*'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)|import\s+'(\.[^']+)'/g;

interface Arrow {
  readonly from: string;
  readonly to: string;
}

function arrows(): Arrow[] {
  const found: Arrow[] = [];
  for (const from of sources(src)) {
    for (const match of readFileSync(from, 'utf8').matchAll(importPattern)) {
      const target = match[1] ?? match[2] ?? match[3] ?? '';
      if (target.endsWith('.js'))
        found.push({ from, to: resolve(dirname(from), target.replace(/\.js$/, '.ts')) });
    }
  }
  return found;
}

const show = ({ from, to }: Arrow): string => `${relative(src, from)} → ${relative(src, to)}`;

describe('given the imports of src/', () => {
  const all = arrows();

  test('when they are read, then there are some', () => {
    expect(all.length).toBeGreaterThan(50);
  });

  test('when each is held against the floors, then none points upward or sideways', () => {
    const offending = all.filter(({ from, to }) => {
      const [a, b] = [roomOf(from), roomOf(to)];
      return a !== b && b.floor >= a.floor && a.also?.includes(b.at) !== true;
    });
    expect(offending.map(show)).toEqual([]);
  });

  test('when adapters are imported, then by app.ts, where a process begins, or their own folder', () => {
    const offending = all.filter(({ from, to }) => {
      const [a, b] = [roomOf(from), roomOf(to)];
      return (
        b.at.startsWith('adapters/') && a !== b && !['app.ts', 'embed.ts', 'serve.ts', 'cli'].includes(a.at)
      );
    });
    expect(offending.map(show)).toEqual([]);
  });

  test('when the sandbox imports, then only its own files and the protocol', () => {
    const offending = all.filter(
      ({ from, to }) => roomOf(from).at === 'sandbox' && !sandboxMayKnow.includes(roomOf(to).at),
    );
    expect(offending.map(show)).toEqual([]);
  });

  test('when they are followed, then no circle is found', () => {
    const next = new Map<string, string[]>();
    for (const { from, to } of all) next.set(from, [...(next.get(from) ?? []), to]);
    const state = new Map<string, 'open' | 'closed'>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'closed') return;
      if (state.get(file) === 'open') {
        circles.push([...path.slice(path.indexOf(file)), file].map((f) => relative(src, f)).join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      state.set(file, 'closed');
    };
    for (const file of next.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });

  test('when protocol files import packages, then only the parser, the cipher and node:crypto', () => {
    const allowed = new Set(['fast-xml-parser', 'wechat-crypto', 'node:crypto', 'node:buffer']);
    const offending: string[] = [];
    for (const file of sources(join(src, 'protocol'))) {
      for (const match of readFileSync(file, 'utf8').matchAll(
        /^(?:import|export)\s[^'"]*?from\s*'([^.'][^']*)'/gm,
      )) {
        if (!allowed.has(match[1] ?? '')) offending.push(`${relative(src, file)} → ${match[1]}`);
      }
    }
    expect(offending).toEqual([]);
  });
});
