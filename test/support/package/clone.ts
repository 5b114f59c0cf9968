import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A file of a tarball, as `npm pack --json` lists it. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

export interface PackedPackage {
  readonly tarball: string;
  readonly files: readonly PackedFile[];
  readonly unpackedSize: number;
}

/** The files of this repository, those that are not committed yet included, in a folder of their own. */
export function cloneRepository(): string {
  const clone = mkdtempSync(join(tmpdir(), 'clone-'));
  const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { encoding: 'utf8' });
  for (const file of list.split('\0').filter((name) => name !== '')) {
    mkdirSync(join(clone, dirname(file)), { recursive: true });
    cpSync(file, join(clone, file));
  }
  symlinkSync(resolve('node_modules'), join(clone, 'node_modules'));
  return clone;
}

/** Runs `npm pack` in a clone. */
export function pack(clone: string): PackedPackage {
  const said = execFileSync('npm', ['pack', '--json', '--silent'], { cwd: clone, encoding: 'utf8' });
  const [packed]: { filename: string; files: PackedFile[]; unpackedSize: number }[] = JSON.parse(
    said.slice(said.indexOf('[')),
  );
  if (packed === undefined) throw new Error(`npm pack said nothing: ${said}`);
  return {
    tarball: join(clone, packed.filename),
    files: packed.files,
    unpackedSize: packed.unpackedSize,
  };
}

/**
 * An empty project with the package in its `node_modules`, beside links to the packages of this repository: what an
 * installation would leave there, without the network.
 */
export function projectWith({ tarball }: PackedPackage, type: 'module' | 'commonjs' = 'module'): string {
  const project = mkdtempSync(join(tmpdir(), 'project-'));
  const modules = join(project, 'node_modules');
  for (const name of packagesIn(resolve('node_modules'))) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(resolve('node_modules', name), join(modules, name));
  }
  const own = join(modules, 'wechat-callback-server');
  mkdirSync(own);
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', own]);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type }));
  return project;
}

/**
 * An empty project with one package and links to those that it depends on, as an installation without the network.
 * `packages`: the names of all of them.
 */
export function projectWithOnly(
  { tarball }: PackedPackage,
  name: string,
): { readonly dir: string; readonly packages: readonly string[] } {
  const dir = mkdtempSync(join(tmpdir(), 'project-'));
  const modules = join(dir, 'node_modules');
  const own = join(modules, name);
  mkdirSync(own, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', own]);
  const packages = [name];
  // The list grows while it is walked.
  for (const one of packages) {
    const { dependencies = {} }: { dependencies?: object } = JSON.parse(
      readFileSync(join(modules, one, 'package.json'), 'utf8'),
    );
    for (const dependency of Object.keys(dependencies).filter((needed) => !packages.includes(needed))) {
      packages.push(dependency);
      mkdirSync(dirname(join(modules, dependency)), { recursive: true });
      symlinkSync(resolve('node_modules', dependency), join(modules, dependency));
    }
  }
  writeFileSync(
    join(dir, 'package.json'),
    JSON.stringify({ name: 'project', private: true, type: 'module' }),
  );
  return { dir, packages };
}

const packagesIn = (modules: string): string[] =>
  readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((one) => `${name}/${one}`) : [name],
    );

/** The program that `bin` names. */
export function programIn(project: string): string {
  const own = join(project, 'node_modules/wechat-callback-server');
  const { bin }: { bin: Record<string, string> } = JSON.parse(
    readFileSync(join(own, 'package.json'), 'utf8'),
  );
  return join(own, bin['wechat-callback'] ?? '');
}
