import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { cloneRepository, pack, programIn } from '../support/package/clone.js';
import { runProgram } from '../support/package/run-program.js';
import type { Proof } from '../support/proof/proof.js';
import { eventually } from '../support/time/eventually.js';

const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund'];

export default {
  about:
    'A package of a clean clone, installed from the registry into an empty folder, makes a project that works.',
  limitMinutes: 10,
  async *run() {
    const clone = cloneRepository();
    const dir = mkdtempSync(join(tmpdir(), 'package-'));
    const timed = (program: string, ...args: readonly string[]) => {
      const startedAtMs = Date.now();
      const { status, stderr } = spawnSync(program, args, { cwd: dir, encoding: 'utf8' });
      const name = [program, ...args].join(' ');
      return {
        name,
        figures: { ms: Date.now() - startedAtMs },
        broken: status === 0 ? [] : [`${name} ends with 0: ${stderr.slice(-500)}`],
      };
    };
    try {
      const { tarball, unpackedSize } = pack(clone);
      yield { name: 'npm pack', figures: { unpackedSize }, broken: [] };
      cpSync(tarball, join(dir, basename(tarball)));
      yield timed('npm', 'install', ...QUIET, `./${basename(tarball)}`);
      yield timed('npx', 'wechat-callback', 'init', '.');
      yield timed('npm', 'install', ...QUIET);
      yield timed('npm', 'test');
      yield timed('npm', 'run', 'check');
      yield timed('npm', 'ci', '--omit=dev', ...QUIET);
      yield { name: 'production', broken: await broken(dir) };
    } finally {
      for (const path of [clone, dir]) rmSync(path, { recursive: true, force: true });
    }
  },
} satisfies Proof;

/** Serves the project as production does, and greets it. */
async function broken(dir: string): Promise<readonly string[]> {
  const env = { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 'token', HOST: '127.0.0.1', ADMIN_PORT: '0', PORT: '0' };
  const server = runProgram(programIn(dir), ['serve'], { cwd: dir, env: { ...env, NODE_ENV: 'production' } });
  try {
    const ready = /"port":(\d+)[^\n]*"msg":"ready"/;
    await eventually(() => {
      if (!ready.test(server.out())) throw new Error(server.out() + server.err());
    });
    const port = ready.exec(server.out())?.[1] ?? '';
    const args = ['send', 'message.text', '--field', 'Content=hello'];
    const sent = runProgram(programIn(dir), args, { cwd: dir, env: { ...env, PORT: port } });
    await sent.ended;
    return sent.out().includes('你好！你的 OpenID 是') ? [] : [`the first handler answers: ${sent.out()}`];
  } finally {
    await server.stop('SIGTERM');
  }
}
