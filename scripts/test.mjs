// Runs all tests, in two goes: first those that move time, on all cores, then those that keep it, one at a time.
import { runCLI } from 'jest';

const MOVE_TIME = ['/test/unit/', '/test/soak/', '/test/sandbox/our-server'];
const NOT_OURS = '/node_modules/';

const goes = [
  { testPathPatterns: MOVE_TIME, maxWorkers: '100%' },
  { testPathIgnorePatterns: [NOT_OURS, ...MOVE_TIME], maxWorkers: 1 },
];

let passed = 0;
let failed = 0;
for (const go of goes) {
  const { results } = await runCLI({ $0: '', _: [], reporters: ['default'], ...go }, [process.cwd()]);
  passed += results.numPassedTests;
  failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
}
console.log(`\n${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;
