// `npm run dev`: the server from its sources, with the test account and reloading handlers. The environment wins over
// what stands in src/config/development-account.ts.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { tsImport } from 'tsx/esm/api';

/** A server that does not stop by itself (it has 10 s) is ended. */
const STOP_LIMIT_MS = 12_000;

const { withDevelopmentDefaults } = await tsImport('../src/config/development-account.ts', import.meta.url);
const server = spawn(
  process.execPath,
  ['--import', 'tsx', fileURLToPath(new URL('../src/main.ts', import.meta.url))],
  { stdio: 'inherit', env: withDevelopmentDefaults(process.env) },
);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // Ctrl-C reaches the whole group, the server included: a second signal would cut its stop short.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) server.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    setTimeout(() => server.kill('SIGKILL'), STOP_LIMIT_MS).unref();
  });
}
server.on('error', (error) => {
  console.error(`The server cannot be started: ${error.message}`);
  process.exitCode = 1;
});
server.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
