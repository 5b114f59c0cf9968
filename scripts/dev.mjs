// `npm run dev`: the server from its sources with the test account and reloading handlers, and the sandbox that plays
// WeChat for it. The environment wins over what stands in src/config/development-account.ts.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { tsImport } from 'tsx/esm/api';

/** A process that does not stop by itself (the server has 10 s) is ended. */
const STOP_LIMIT_MS = 12_000;

const { withDevelopmentDefaults } = await tsImport('../src/config/development-account.ts', import.meta.url);
const env = withDevelopmentDefaults(process.env);
const target = `http://127.0.0.1:${env.PORT}${env.CALLBACK_PATH || '/wechat'}`;

// Another port for the sandbox, where 8090 is taken.
const sandboxPort = env.SANDBOX_PORT || '8090';
env.WECHAT_API_BASE_URLS = env.WECHAT_API_BASE_URLS?.replaceAll(
  '127.0.0.1:8090/',
  `127.0.0.1:${sandboxPort}/`,
);

/** Starts a source file of ours under tsx. */
function start(file, ...args) {
  const path = fileURLToPath(new URL(`../src/${file}`, import.meta.url));
  return spawn(process.execPath, ['--import', 'tsx', path, ...args], { stdio: 'inherit', env });
}

const processes = [
  start('main.ts'),
  start('cli/main.ts', 'sandbox', '--target', target, '--port', sandboxPort),
];
let stopping = false;

/** One without the other is of no use: both stop together. */
function stopAll(signal) {
  if (stopping) return;
  stopping = true;
  for (const one of processes) if (one.exitCode === null) one.kill(signal);
  setTimeout(() => {
    for (const one of processes) if (one.exitCode === null) one.kill('SIGKILL');
  }, STOP_LIMIT_MS).unref();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // Ctrl-C reaches the whole group, the server included: a second signal would cut its stop short.
    if (signal === 'SIGINT' && process.stdin.isTTY) stopping = true;
    else stopAll('SIGTERM');
  });
}
for (const one of processes) {
  one.on('error', (error) => {
    console.error(`A process cannot be started: ${error.message}`);
    process.exitCode = 1;
    stopAll('SIGTERM');
  });
  one.on('exit', (code) => {
    if (!stopping) process.exitCode = code ?? 1;
    stopAll('SIGTERM');
  });
}
