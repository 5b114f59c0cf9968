// Runs all tests, longest suites first, and the checks of the sources beside them. The last line tells the result.
import { runCLI } from 'jest';
import { CHECKS, runStage } from './stages.mjs';

/** Most long suites wait for real time, so that two cores are busy with more suites than two. */
const WORKERS = 3;

let passed = 0;
let failed = 0;
if (await runStage('build')) {
  const checks = Promise.all(CHECKS.map((script) => runStage(script)));
  const { results } = await runCLI({ $0: '', _: [], reporters: ['default'], maxWorkers: WORKERS }, [
    process.cwd(),
  ]);
  const failedChecks = (await checks).filter((isGood) => !isGood).length;
  passed = results.numPassedTests;
  failed = results.numFailedTests + results.numRuntimeErrorTestSuites + failedChecks;
  if (failedChecks > 0) console.log(`\nOf the checks of the sources, ${failedChecks} failed: npm run check`);
} else {
  failed = 1;
}
console.log(`\n${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;
