// Builds a Go file and runs it: `go run` would leave its program behind when it is ended.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [file = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'foreign-go-'));
const program = join(folder, 'server');
const env = { ...process.env, GOCACHE: join(folder, 'cache'), GO111MODULE: 'off' };
const { status } = spawnSync('go', ['build', '-o', program, file], {
  env,
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (status !== 0) process.exit(status ?? 1);
const server = spawn(program, { stdio: ['ignore', 'inherit', 'ignore'] });
process.once('SIGTERM', () => server.kill());
server.once('close', (code) => {
  rmSync(folder, { recursive: true });
  process.exit(code ?? 0);
});
