import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { SourceMutant } from './source-mutants.js';
import type { ProofPart } from './proof.js';

/** All that the quick suites read. */
const COPIED = [
  'src',
  'test',
  'fixtures',
  'docs',
  'package.json',
  'tsconfig.json',
  'jest.config.mjs',
  '.swcrc',
];
const JEST = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];

/** Runs suites in a copy of the repository, where faults can be sown. */
export async function* killMutants(mutants: readonly SourceMutant[]): AsyncGenerator<ProofPart> {
  const dir = await mkdtemp(join(tmpdir(), 'source-mutants-'));
  try {
    for (const part of COPIED) await cp(part, join(dir, part), { recursive: true });
    await symlink(resolve('node_modules'), join(dir, 'node_modules'));
    for (const suite of new Set(mutants.map((mutant) => mutant.suite))) {
      const { failed, said } = await runSuite(dir, suite);
      if (failed)
        yield { name: `${suite}, with nothing changed`, broken: [`its tests pass: ${said.slice(-1_000)}`] };
    }
    for (const mutant of mutants) yield await kill(dir, mutant);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** How often a source holds what a mutant changes: it has to be once. */
export async function placesOf({ file, from }: SourceMutant, dir = '.'): Promise<number> {
  return (await readFile(join(dir, file), 'utf8')).split(from).length - 1;
}

async function kill(dir: string, mutant: SourceMutant): Promise<ProofPart> {
  const { name, file, from, to, suite } = mutant;
  const path = join(dir, file);
  if ((await placesOf(mutant, dir)) !== 1)
    return { name, broken: [`${file} holds once what this fault changes`] };
  const source = await readFile(path, 'utf8');
  await writeFile(
    path,
    source.replace(from, () => to),
  );
  try {
    const { failed, said } = await runSuite(dir, suite);
    const [, found] = /●\s+(.+)/.exec(said) ?? [];
    return {
      name,
      figures: { killedBy: suite, test: found?.trim() },
      broken: failed && found !== undefined ? [] : [`${suite} notices it`],
    };
  } finally {
    await writeFile(path, source);
  }
}

async function runSuite(dir: string, suite: string): Promise<{ failed: boolean; said: string }> {
  const child = spawn(
    process.execPath,
    [...JEST, '--runInBand', '--bail', '--forceExit', '--runTestsByPath', suite],
    {
      cwd: dir,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { failed: code !== 0, said };
}
