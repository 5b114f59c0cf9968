import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const src = resolve('src');

/** From the lowest layer up. A file imports from lower layers or from its own folder; `also` lists the exceptions. */
const layers: readonly { readonly at: string; readonly layer: number; readonly also?: readonly string[] }[] =
  [
    { at: 'protocol', layer: 0 },
    { at: 'push-record', layer: 0, also: ['protocol'] },
    { at: 'ports', layer: 0, also: ['protocol', 'push-record'] },
    { at: 'text', layer: 0, also: ['protocol'] },
    { at: 'config', layer: 0, also: ['protocol'] },
    { at: 'types', layer: 0 },
    { at: 'crypto', layer: 0, also: ['protocol'] },
    { at: 'recording', layer: 0, also: ['protocol', 'ports', 'crypto'] },
    { at: 'package-root.ts', layer: 0 },
    { at: 'package-version.ts', layer: 0, also: ['package-root.ts'] },
    { at: 'page-files.ts', layer: 0 },
    { at: 'adapters/file', layer: 1 },
    { at: 'adapters/redis', layer: 1 },
    { at: 'adapters/fallback', layer: 1 },
    { at: 'adapters/http', layer: 1 },
    { at: 'adapters/log', layer: 1 },
    { at: 'api', layer: 1 },
    { at: 'handler-runtime', layer: 1, also: ['api'] },
    { at: 'operations', layer: 1 },
    { at: 'pipeline', layer: 2 },
    { at: 'http', layer: 3 },
    { at: 'sandbox', layer: 3 },
    { at: 'tracing', layer: 3 },
    { at: 'operations-sources.ts', layer: 4 },
    { at: 'server-status.ts', layer: 4 },
    { at: 'operator-view.ts', layer: 4 },
    { at: 'account-services.ts', layer: 4 },
    { at: 'running-accounts.ts', layer: 4, also: ['account-services.ts'] },
    {
      at: 'app.ts',
      layer: 4,
      also: [
        'account-services.ts',
        'running-accounts.ts',
        'operations-sources.ts',
        'server-status.ts',
        'operator-view.ts',
      ],
    },
    { at: 'reload.ts', layer: 4, also: ['app.ts', 'running-accounts.ts'] },
    { at: 'embed.ts', layer: 4, also: ['app.ts', 'reload.ts'] },
    { at: 'program-api.ts', layer: 4, also: ['app.ts', 'embed.ts'] },
    { at: 'index.ts', layer: 4, also: ['embed.ts', 'program-api.ts', 'reload.ts', 'running-accounts.ts'] },
    { at: 'watch-accounts-file.ts', layer: 0 },
    { at: 'unexpected-exit.ts', layer: 5 },
    { at: 'main.ts', layer: 5, also: ['serve.ts', 'open-files.ts'] },
    { at: 'open-files.ts', layer: 0, also: ['config', 'protocol'] },
    { at: 'load-demo.ts', layer: 2 },
    { at: 'stop-with-parent.ts', layer: 0 },
    { at: 'tell-parent.ts', layer: 0, also: ['ports'] },
    { at: 'demo', layer: 5 },
    { at: 'language-model', layer: 2 },
    { at: 'testing.ts', layer: 2 },
    { at: 'process-group.ts', layer: 5 },
    {
      at: 'serve.ts',
      layer: 5,
      also: ['process-group.ts', 'open-files.ts', 'unexpected-exit.ts'],
    },
    { at: 'cli', layer: 5, also: ['serve.ts', 'open-files.ts', 'unexpected-exit.ts'] },
  ];

/** The sandbox imports nothing of the server but the protocol and the reader of page files. */
const sandboxMayKnow = ['sandbox', 'protocol', 'page-files.ts'];

function layerOf(file: string): (typeof layers)[number] {
  const path = relative(src, file);
  const folder = layers.find(({ at }) => path === at || path.startsWith(`${at}/`));
  if (folder === undefined) throw new Error(`${path} is in no layer: add its folder to this test`);
  return folder;
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

interface Import {
  readonly from: string;
  readonly to: string;
}

function imports(): Import[] {
  const found: Import[] = [];
  for (const from of sources(src)) {
    for (const match of readFileSync(from, 'utf8').matchAll(importPattern)) {
      const target = match[1] ?? match[2] ?? match[3] ?? '';
      if (target.endsWith('.js'))
        found.push({ from, to: resolve(dirname(from), target.replace(/\.js$/, '.ts')) });
    }
  }
  return found;
}

const show = ({ from, to }: Import): string => `${relative(src, from)} → ${relative(src, to)}`;

describe('given the files of src/', () => {
  test('when a folder has an entry, then it stands in the folder under its name, not beside it', () => {
    const beside = [...sources(src)].filter((file) => existsSync(file.replace(/\.ts$/, '')));
    expect(beside.map((file) => relative(src, file))).toEqual([]);
  });

  test('when a file is named index.ts, then it is the package’s', () => {
    const named = [...sources(src)].map((file) => relative(src, file));
    expect(named.filter((file) => basename(file) === 'index.ts')).toEqual(['index.ts']);
  });
});

describe('given the imports of src/', () => {
  const all = imports();

  test('when they are read, then there are some', () => {
    expect(all.length).toBeGreaterThan(50);
  });

  test('when each is compared with the layers, then none points upward or sideways', () => {
    const offending = all.filter(({ from, to }) => {
      const [a, b] = [layerOf(from), layerOf(to)];
      return a !== b && b.layer >= a.layer && a.also?.includes(b.at) !== true;
    });
    expect(offending.map(show)).toEqual([]);
  });

  test('when adapters are imported, then by app.ts, where a process begins, or their own folder', () => {
    const offending = all.filter(({ from, to }) => {
      const [a, b] = [layerOf(from), layerOf(to)];
      return (
        b.at.startsWith('adapters/') &&
        a !== b &&
        !['app.ts', 'embed.ts', 'program-api.ts', 'serve.ts', 'cli'].includes(a.at)
      );
    });
    expect(offending.map(show)).toEqual([]);
  });

  test('when the sandbox imports, then only its own files, the protocol and the reader of page files', () => {
    const offending = all.filter(
      ({ from, to }) => layerOf(from).at === 'sandbox' && !sandboxMayKnow.includes(layerOf(to).at),
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

  test('when files of protocol and text import packages, then only the parser, the cipher and node:crypto', () => {
    const allowed = new Set(['fast-xml-parser', 'wechat-crypto', 'node:crypto', 'node:buffer']);
    const offending: string[] = [];
    for (const file of ['protocol', 'text'].flatMap((folder) => [...sources(join(src, folder))])) {
      for (const match of readFileSync(file, 'utf8').matchAll(
        /^(?:import|export)\s[^'"]*?from\s*'([^.'][^']*)'/gm,
      )) {
        if (!allowed.has(match[1] ?? '')) offending.push(`${relative(src, file)} → ${match[1]}`);
      }
    }
    expect(offending).toEqual([]);
  });
});
