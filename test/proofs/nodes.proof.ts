import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Proof } from '../support/proof/proof.js';

const VERSIONS = ['20', '22', '24', '26'];
/** What a version of Node can break: sockets, streams, signals, files, loading of handlers. */
const SUITES = ['fixtures', 'process', 'late-answer', 'kills-redis', 'reload', 'handler-exits', 'traces'];
const PACKAGE = `node-${process.platform}-${process.arch}`;

export default {
  about: `The built server and its end-to-end tests on Node ${VERSIONS.join(', ')}, each from npm's ${PACKAGE}.`,
  limitMinutes: 40,
  async *run() {
    for (const version of VERSIONS) {
      const dir = mkdtempSync(join(tmpdir(), 'node-'));
      try {
        const add = [
          'install',
          '--no-save',
          '--no-audit',
          '--no-fund',
          '--prefix',
          dir,
          `${PACKAGE}@${version}`,
        ];
        const installed = spawnSync('npm', add, { cwd: dir, encoding: 'utf8' });
        const node = join(dir, 'node_modules', PACKAGE, 'bin/node');
        if (installed.status !== 0) {
          yield {
            name: `Node ${version}`,
            broken: [`npm has ${PACKAGE}@${version}: ${installed.stderr.slice(-500)}`],
          };
          continue;
        }
        const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--runInBand'];
        const child = spawn(node, [...jest, ...SUITES.map((suite) => `test/e2e/${suite}.test`)], {
          env: { ...process.env, PATH: `${join(node, '..')}:${process.env['PATH'] ?? ''}` },
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
        const [, passed = '0'] = /^Tests:.* (\d+) passed/m.exec(said) ?? [];
        const exact = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
        yield {
          name: `Node ${exact}`,
          figures: { suites: SUITES.length, tests: Number(passed) },
          broken:
            code === 0
              ? []
              : [`its tests pass: ${(said.match(/^ +● .*$/gm) ?? [said.slice(-1_000)]).join('\n')}`],
        };
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    }
  },
} satisfies Proof;
