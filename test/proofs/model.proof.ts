import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MUTANTS, type Mutant } from '../support/cluster/model-mutants.js';
import type { Proof, ProofPart } from '../support/proof/proof.js';

const STORIES = Number(process.env['MODEL_STORIES'] ?? 100_000);
const STORIES_A_PART = 10_000;
/** A mutant has to be found within so many stories. */
const STORIES_FOR_A_MUTANT = 10_000;

const proof: Proof = {
  about: `${STORIES} stories of the push over one slow store, and ${MUTANTS.length} faults that the stories have to find`,
  limitMinutes: 120,
  async *run() {
    for (const mutant of MUTANTS) yield findMutant(mutant);
    for (let told = 0; told < STORIES; told += STORIES_A_PART) {
      const { code, out } = await tell(process.cwd(), Math.min(STORIES_A_PART, STORIES - told), {});
      yield {
        name: `stories from ${told}`,
        figures: figuresOf(out),
        broken: code === 0 ? [] : [out],
      };
    }
  },
};
export default proof;

/** Sows the fault into a copy of the sources, and tells stories there. */
async function findMutant({ name, file, from, to, breaks }: Mutant): Promise<ProofPart> {
  const dir = await mkdtemp(join(tmpdir(), 'model-mutant-'));
  try {
    for (const part of ['src', 'test/support', 'package.json', 'tsconfig.json'])
      await cp(part, join(dir, part), { recursive: true });
    await symlink(resolve('node_modules'), join(dir, 'node_modules'));
    const source = await readFile(join(dir, file), 'utf8');
    if (!source.includes(from)) return { name, broken: [`${file} no longer holds what this fault changes`] };
    await writeFile(join(dir, file), source.replace(from, to));
    const { code, out } = await tell(dir, STORIES_FOR_A_MUTANT, { MODEL_QUICK: '1' });
    const [, found = ''] = out.split('\n');
    const claims = [
      ...(code === 1 ? [] : ['the stories did not find it']),
      ...(breaks.test(found) ? [] : [`what it breaks is another promise: ${found}`]),
    ];
    return { name, figures: { ...figuresOf(out), found }, broken: claims };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const figuresOf = (out: string): Record<string, unknown> => JSON.parse(out.split('\n', 1)[0] ?? '{}');

function tell(cwd: string, stories: number, env: object): Promise<{ code: number | null; out: string }> {
  return new Promise((done) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'test/support/cluster/tell-stories.ts', String(stories)],
      {
        cwd,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.on('close', (code) => done({ code, out }));
  });
}
