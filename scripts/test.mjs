// Runs all tests, longest suites first, and the checks of the sources beside them. The last line tells the result.
import { runCLI } from 'jest';
import { CHECKS, runStage } from './stages.mjs';

/** Most long suites wait for real time, so that two cores are busy with more suites than two. */
const WORKERS = 3;
/** They judge by how soon answers come, and beside others they would judge the machine. */
const ALONE = ['/test/e2e/redis-outage', '/test/sandbox/conformance.test'];
const NOT_OURS = ['/node_modules/'];

let passed = 0;
let failed = 0;
if (await runStage('build')) {
  const checks = Promise.all(CHECKS.map((script) => runStage(script)));
  const goes = [
    { testPathIgnorePatterns: [...NOT_OURS, ...ALONE], maxWorkers: WORKERS },
    { testPathPatterns: ALONE, maxWorkers: 1 },
  ];
  for (const go of goes) {
    const { results } = await runCLI({ $0: '', _: [], reporters: ['default'], ...go }, [process.cwd()]);
    passed += results.numPassedTests;
    failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  }
  const failedChecks = (await checks).filter((isGood) => !isGood).length;
  failed += failedChecks;
  if (failedChecks > 0) console.log(`\nOf the checks of the sources, ${failedChecks} failed: npm run check`);
} else {
  failed = 1;
}
console.log(`\n${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;
