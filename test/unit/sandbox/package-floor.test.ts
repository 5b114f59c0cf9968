import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';

interface Package {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}
const read = (path: string): Package => JSON.parse(readFileSync(path, 'utf8'));

describe('given the package of the sandbox', () => {
  const own = read('packages/sandbox/package.json');
  const servers = read('package.json');

  test('when its sources are bundled, then they need its dependencies and no others', async () => {
    const { metafile } = await build({
      entryPoints: ['index', 'wechat-sandbox', 'wechat-conformance'].map(
        (name) => `packages/sandbox/src/${name}.ts`,
      ),
      outdir: 'dist',
      write: false,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      metafile: true,
    });
    const imported = Object.values(metafile.outputs)
      .flatMap(({ imports }) => imports)
      .filter(({ external, path }) => external === true && !path.startsWith('node:'))
      .map(({ path }) => path);
    expect([...new Set(imported)].toSorted()).toEqual(Object.keys(own.dependencies));
    // The server's parts stay out: what it does with pushes, its API client, its store.
    const strange = Object.keys(metafile.inputs).filter(
      (path) =>
        !/^(?:packages\/sandbox\/|src\/(?:sandbox|protocol|cli|config)\/|src\/[\w-]+\.ts$)/.test(path),
    );
    expect(strange).toEqual([]);
  });

  test('when its versions are compared with the server’s, then they are the same', () => {
    expect(own.version).toBe(servers.version);
    expect(servers.dependencies).toMatchObject(own.dependencies);
  });
});
