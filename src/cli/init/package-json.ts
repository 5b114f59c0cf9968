import { writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { packageRoot, readPackageJson, type PackageJson } from '../../package-root.js';

/** The script that `npm init` writes. */
const NO_TEST = /no test specified/;

/** Completes the package.json of a project, or creates it. */
export function completePackageJson(project: string, name: string): void {
  const before = readPackageJson(project);
  const own = readPackageJson(packageRoot());
  const { test, ...scripts } = before.scripts ?? {};
  const completed: PackageJson & { readonly private?: boolean } = {
    ...(before.name === undefined && { name, private: true, type: 'module' }),
    ...before,
    scripts: {
      dev: 'wechat-callback dev',
      start: 'wechat-callback serve',
      check: 'tsc',
      ...scripts,
      test: test === undefined || NO_TEST.test(test) ? 'node --import tsx --test test/*.test.ts' : test,
    },
    dependencies: {
      // Runs the handlers in TypeScript, even in production, so that no build can be forgotten.
      tsx: `^${own.devDependencies?.['tsx'] ?? '4'}`,
      'wechat-callback-server': dependencyFor(project, own.version ?? '*'),
      ...before.dependencies,
    },
    devDependencies: {
      '@types/node': `^${own.devDependencies?.['@types/node'] ?? '20'}`,
      typescript: `^${own.devDependencies?.['typescript'] ?? '7'}`,
      ...before.devDependencies,
    },
  };
  writeFileSync(join(project, 'package.json'), `${JSON.stringify(completed, undefined, 2)}\n`);
}

/** Returns the dependency on this package: from the same source as the running one, a file or the registry. */
function dependencyFor(project: string, version: string): string {
  const own = packageRoot();
  const modules = dirname(own);
  // A clone of the repository.
  if (basename(modules) !== 'node_modules') return `file:${relative(project, own)}`;
  const root = dirname(modules);
  const installed = readPackageJson(root).dependencies?.['wechat-callback-server'];
  const [, file] = /^file:(.*)$/.exec(installed ?? '') ?? [];
  return file === undefined ? (installed ?? `^${version}`) : `file:${relative(project, resolve(root, file))}`;
}
