// `npm run test:frameworks`: installs the frameworks of examples/frameworks/ and this package beside them, as a package is
// installed, then starts each example and pushes to it. Apart from `npm test`, since it installs some 400 MB.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const examples = join(root, 'examples/frameworks');
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];

/** @param {string} cwd @param {string} program @param {string[]} args */
function run(cwd, program, ...args) {
  execFileSync(program, args, { cwd, stdio: 'inherit' });
}

const packed = mkdtempSync(join(tmpdir(), 'frameworks-'));
try {
  run(examples, 'npm', 'ci', ...quiet);
  run(root, 'npm', 'pack', '--silent', '--pack-destination', packed);
  const [tarball = ''] = readdirSync(packed);
  run(examples, 'npm', 'install', '--no-save', ...quiet, join(packed, tarball));
  run(examples, process.execPath, '--test', 'frameworks.test.mjs');
} catch {
  // The failed command has printed its error.
  process.exitCode = 1;
} finally {
  rmSync(packed, { recursive: true });
}
