// Stages: npm scripts of this package that run side by side, and a line about each when it has ended.
import { spawn } from 'node:child_process';

/** The npm scripts of `npm run check`, which `npm test` runs besides the tests. */
export const CHECKS = ['format:check', 'lint', 'typecheck'];

/** Runs an npm script and prints its result; its own output only after a failure. Resolves with true if it passed. */
export function runStage(script, ...args) {
  const startedAtMs = Date.now();
  const child = spawn('npm', ['run', '--silent', script, ...(args.length > 0 ? ['--', ...args] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
      const passed = code === 0;
      const shown = passed ? '' : `\n${Buffer.concat(output).toString().trimEnd()}`;
      console.log(`${script}: ${passed ? 'passed' : 'FAILED'} after ${seconds} s${shown}`);
      resolve(passed);
    });
  });
}
