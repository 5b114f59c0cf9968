import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Proof, ProofPart } from '../support/proof/proof.js';
import {
  FOREIGN,
  foreignServers,
  verdictOn,
  type ForeignServer,
} from '../support/conformance/foreign-servers.js';

const HEALTHY_WITHIN_MS = 10_000;

const proof: Proof = {
  about: 'The conformance suite gives servers of others the verdict that is right for each.',
  limitMinutes: 5,
  async *run() {
    const folder = mkdtempSync(join(tmpdir(), 'foreign-servers-'));
    try {
      cpSync(FOREIGN, folder, { recursive: true });
      const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
      const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
      yield { name: 'their packages are installed', broken: status === 0 ? [] : ['npm ci in test/foreign'] };
      for (const server of foreignServers) yield await judge(server, folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function judge(server: ForeignServer, folder: string): Promise<ProofPart> {
  const name = `${server.kind}, ${server.mode} mode`;
  const [program = ''] = server.command.filter((word) => word !== 'node');
  if (/^\w+$/.test(program) && spawnSync(program, ['--version']).status !== 0)
    return { name, broken: [`${program} is here`] };
  const { stop, breaks, ms } = await verdictOn(server, folder);
  const expected = Object.keys(server.breaks);
  return {
    name,
    figures: { ms, breaks: breaks.length, stop },
    broken: [
      ...expected.filter((id) => !breaks.includes(id)).map((id) => `it breaks ${id}: ${server.breaks[id]}`),
      ...breaks.filter((id) => !expected.includes(id)).map((id) => `it keeps ${id}`),
      ...(stop === server.stop
        ? []
        : [`its run ends with ${server.stop ?? 'the last rule'}, not ${stop ?? 'that'}`]),
      ...(stop !== undefined || server.only !== undefined || ms < HEALTHY_WITHIN_MS
        ? []
        : [`its run takes less than ${HEALTHY_WITHIN_MS} ms`]),
    ],
  };
}

export default proof;
