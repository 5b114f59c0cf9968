import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const STARTS_WITHIN_MS = 10_000;
const STOPS_WITHIN_MS = 15_000;

/**
 * Starts a Node program that listens on a port of its own and reports its CPU time.
 *
 * @param {string} file
 * @param {{ args?: string[], env?: Record<string, string>, profileDir?: string | undefined }} options
 */
export async function startNode(file, { args = [], env = {}, profileDir } = {}) {
  const port = await sparePort();
  const adminPort = await sparePort();
  const startedAt = performance.now();
  const child = fork(file, args, {
    // Only these variables, so that our environment does not affect the measurement.
    env: { PATH: process.env.PATH, PORT: String(port), ADMIN_PORT: String(adminPort), ...env },
    execArgv: [
      '--import',
      fileURLToPath(new URL('report-cpu.mjs', import.meta.url)),
      ...(profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`]),
    ],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  // Reads standard output, as a process manager does.
  child.stdout?.resume();
  let complaints = '';
  child.stderr?.on('data', (chunk) => (complaints += chunk));
  await untilListening(port, child, () => complaints);
  return {
    port,
    /** Time from its start to its first accepted connection. */
    startMs: performance.now() - startedAt,
    ask: async (question) => {
      const answered = once(child, 'message');
      child.send(question);
      const [answer] = await answered;
      return answer;
    },
    stop: () => end(child),
  };
}

/**
 * Starts a Redis without persistence; `undefined` if none is installed.
 *
 * @typedef {{ url: string, emptyDatabase(): string, stop(): Promise<void> }} BenchRedis
 * @returns {Promise<BenchRedis | undefined>}
 */
export async function startRedis() {
  const program = [
    '/usr/bin/redis-server',
    '/usr/local/bin/redis-server',
    '/opt/homebrew/bin/redis-server',
  ].find((path) => existsSync(path));
  if (program === undefined) return undefined;
  const port = await sparePort();
  const settings = [
    '--save',
    '',
    '--appendonly',
    'no',
    '--databases',
    '256',
    '--maxmemory-policy',
    'noeviction',
  ];
  const child = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', '/tmp', ...settings],
    {
      stdio: 'ignore',
    },
  );
  process.once('exit', () => child.kill('SIGKILL'));
  await untilListening(port, child, () => '');
  let used = 0;
  return {
    url: `redis://127.0.0.1:${port}`,
    /** Returns the URL of an unused database. */
    emptyDatabase: () => `redis://127.0.0.1:${port}/${(used += 1) - 1}`,
    stop: () => end(child),
  };
}

async function untilListening(port, child, complaints) {
  const until = Date.now() + STARTS_WITHIN_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`${child.spawnargs.join(' ')} did not start:\n${complaints()}`);
    }
    await new Promise((resume) => setTimeout(resume, 5));
  }
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
  await gone;
  clearTimeout(limit);
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('connect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
  });
}

function sparePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}
