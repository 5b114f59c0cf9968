import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { typeScriptFiles } from '../support/language/source-files.js';
import type { Proof } from '../support/proof/proof.js';

const JEST = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--runInBand'];

export default {
  about: 'The suites of `npm test` that try many cases try all of them.',
  limitMinutes: 40,
  async *run() {
    const suites = typeScriptFiles('test').filter(
      (path) => path.endsWith('.test.ts') && readFileSync(path, 'utf8').includes('inLongForm('),
    );
    for (const path of suites) {
      const startedAtMs = Date.now();
      const child = spawn(process.execPath, [...JEST, '--runTestsByPath', path], {
        env: { ...process.env, LONG_FORM: '1' },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
      const tests = Number(/^Tests:.* (\d+) passed/m.exec(said)?.[1] ?? 0);
      yield {
        name: path,
        figures: { tests, seconds: Math.round((Date.now() - startedAtMs) / 1_000) },
        broken: code === 0 && tests > 0 ? [] : [`its tests pass: ${said.slice(0, 2_000)}`],
      };
    }
  },
} satisfies Proof;
