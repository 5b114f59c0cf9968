// `npm run test:sdks`: installs SDKs of others in examples/sdks/ and uses them through the gateway, against the sandbox.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const sdks = join(root, 'examples/sdks');

/** @param {string} cwd @param {string} program @param {string[]} args */
function run(cwd, program, ...args) {
  execFileSync(program, args, { cwd, stdio: 'inherit' });
}

try {
  run(sdks, 'npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
  run(sdks, process.execPath, '--test', 'sdks.test.mjs');
} catch {
  // What failed has said so itself.
  process.exitCode = 1;
}
