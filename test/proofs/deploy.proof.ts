import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runDockerfile } from '../support/deploy/dockerfile.js';
import { sparePort } from '../support/processes/port-of.js';
import type { Proof, ProofPart } from '../support/proof/proof.js';
import { eventually } from '../support/time/eventually.js';
import { sendAttempt, TEST_TOKEN, typeText } from '../support/wechat/wechat.js';

const HANDLER = `import { defineHandler } from 'wechat-callback-server';
export default defineHandler({ on: 'message.text', handle: ({ reply }) => reply.text('answer') });`;

/** Runs a checker; returns what it finds. */
async function check(program: string, debian: string, args: readonly string[]): Promise<string[]> {
  if (!existsSync(program))
    throw new Error(`${program} is missing: apt-get install --no-install-recommends ${debian}`);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  const [code] = await once(child, 'close');
  return code === 0 ? [] : [`${program} ends with ${String(code)}: ${said.slice(-1_000)}`];
}

export default {
  about: 'the samples of deploy/ work: the Dockerfile step by step, the unit, Prometheus.',
  limitMinutes: 8,
  async *run() {
    yield* proveDockerfile();
    const unit = ['verify', '--man=no', resolve('deploy/systemd/wechat-callback.service')];
    const analyzed = await check('/usr/bin/systemd-analyze', 'systemd', unit);
    yield { name: 'systemd-analyze verify', broken: analyzed };
    const rated = ['security', '--offline=true', '--threshold=30', unit[2] ?? ''];
    yield {
      name: 'systemd-analyze security: exposure 3.0 at most',
      broken: await check('/usr/bin/systemd-analyze', 'systemd', rated),
    };
    const config = ['check', 'config', '--syntax-only', 'deploy/prometheus/prometheus.yml'];
    yield { name: 'promtool check config', broken: await check('/usr/bin/promtool', 'prometheus', config) };
  },
} satisfies Proof;

async function* proveDockerfile(): AsyncGenerator<ProofPart> {
  const dir = await mkdtemp(join(tmpdir(), 'wechat-image-'));
  let child: ChildProcess | undefined;
  try {
    const context = join(dir, 'context');
    // A clean clone: nothing that was built or installed.
    for (const name of await readdir('.'))
      if (!['node_modules', 'dist', 'data', '.git', '.env'].includes(name))
        await cp(name, join(context, name), { recursive: true });
    const image = await runDockerfile(
      join(context, 'deploy/docker/Dockerfile'),
      context,
      join(dir, 'stages'),
    );
    const modules = await readdir(join(image.workdir, 'node_modules'));
    await cp(join(image.root, 'data'), join(dir, 'data'), { recursive: true });
    const handlers = join(image.workdir, 'handlers');
    await cp(join(image.root, 'data'), handlers, { recursive: true });
    await writeFile(join(handlers, 'answers.mjs'), HANDLER);
    const port = await sparePort();
    const env = {
      PATH: process.env['PATH'],
      ...image.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      ADMIN_PORT: '0',
      DATA_DIR: join(dir, 'data'),
      HANDLERS_DIR: handlers,
      WECHAT_APP_ID: 'wx0000000000000001',
      WECHAT_TOKEN: TEST_TOKEN,
      WECHAT_API_BASE_URLS: 'http://127.0.0.1:9',
    };
    const [program = '', ...args] = image.command;
    child = spawn(program, args, { cwd: image.workdir, env, stdio: ['ignore', 'ignore', 'inherit'] });
    const url = `http://127.0.0.1:${port}`;
    await eventually(async () => {
      if (!(await fetch(`${url}/readyz`)).ok) throw new Error('it is not ready');
    });
    const said = await sendAttempt(`${url}/wechat`, typeText('hello'));
    const [checker = '', ...checkerArgs] = image.healthcheck;
    const health = spawn(checker, checkerArgs, { env, stdio: 'inherit' });
    const [healthy] = await once(health, 'close');
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    child = undefined;
    yield {
      name: 'the Dockerfile, step by step, in a bare folder',
      figures: { packages: modules.length, answered: said.answered, healthcheck: healthy, stopped: code },
      broken: [
        ...(said.answered && said.body.includes('answer') ? [] : ['a push is answered']),
        ...(healthy === 0 ? [] : ['HEALTHCHECK finds it well']),
        ...(code === 0 ? [] : ['SIGTERM stops it with 0']),
        ...(image.user === 'node' ? [] : ['it is not root']),
        ...['typescript', 'jest', 'tsx']
          .filter((name) => modules.includes(name))
          .map((name) => `no ${name} in it`),
      ],
    };
  } finally {
    child?.kill('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  }
}
