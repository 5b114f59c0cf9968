import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FOREIGN, foreignServers } from '../support/conformance/foreign-servers.js';
import { forwardStory, SLOW_BACKEND } from '../support/forward/forward-story.js';
import type { Proof } from '../support/proof/proof.js';

const PUSHES = 10_000;
const PER_SECOND = 50;
const OTHERS_PER_SECOND = 20;

/** As a share of all pushes: each backend of others gets its part, the slow one the most. */
const OTHERS_PUSHES = 300;

/** Those that take a port and start at once. Ours is no backend: it leaves attempts open on purpose. */
const takers = foreignServers.filter(({ command }) => !/java|start-go|our-own/.test(command.join(' ')));

export default {
  about: `backends of others behind FORWARD_URL, killed in turn with this server under ${PUSHES} pushes: one answer each, none lost.`,
  limitMinutes: 15,
  async *run() {
    const folder = mkdtempSync(join(tmpdir(), 'forward-'));
    try {
      cpSync(FOREIGN, folder, { recursive: true });
      const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
      const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
      yield { name: 'their packages are installed', broken: status === 0 ? [] : ['npm ci in test/foreign'] };
      for (const backend of takers)
        yield await forwardStory(backend, { pushes: OTHERS_PUSHES, perSecond: OTHERS_PER_SECOND, folder });
      const rest = PUSHES - takers.length * OTHERS_PUSHES;
      yield await forwardStory(SLOW_BACKEND, { pushes: rest, perSecond: PER_SECOND });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
} satisfies Proof;
