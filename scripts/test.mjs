// Runs all tests in two pools side by side, and the checks of the sources beside them. The last line tells the result.
import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { CHECKS, runStage } from './stages.mjs';

/** Suites with processes, sockets, browsers, Redis: they wait for real time, and their limits are those of real time. */
const REAL_TIME = ['/test/(e2e|browser|contract|doctor|sandbox|http)/'];
/** Suites that measure answer times, which other suites of their kind would distort. */
const ALONE = ['/test/e2e/redis-outage', '/test/sandbox/conformance.test'];
const NOT_OURS = ['/node_modules/'];
/** Suites that compute and move their time give way to those that keep it: a third of their share of a core. */
const GIVES_WAY = 5;

/** Each is a row of Jest runs, one after the other. */
const POOLS = [
  {
    niceness: 0,
    runs: [
      { testPathPatterns: REAL_TIME, testPathIgnorePatterns: [...NOT_OURS, ...ALONE], maxWorkers: 3 },
      { testPathPatterns: ALONE, maxWorkers: 1 },
    ],
  },
  {
    niceness: GIVES_WAY,
    runs: [{ testPathIgnorePatterns: [...NOT_OURS, ...REAL_TIME], maxWorkers: 1 }],
  },
];

/** Runs one go of Jest in a process of its own. Resolves with its counts; a go that breaks off counts as one failure. */
function runJest(options, niceness) {
  const child = fork('scripts/run-pool.mjs', [JSON.stringify(options)]);
  // Its workers inherit it.
  if (child.pid !== undefined) setPriority(child.pid, niceness);
  let counts;
  child.on('message', (message) => (counts = message));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      if (counts === undefined) console.log(`\nJest broke off with exit code ${code}`);
      resolve(counts ?? { passed: 0, failed: 1 });
    });
  });
}

async function runPool({ runs, niceness }) {
  const ended = [];
  for (const options of runs) ended.push(await runJest(options, niceness));
  return ended;
}

const startedAtMs = Date.now();
let passed = 0;
let failed = 0;
if (await runStage('build')) {
  const checks = Promise.all(CHECKS.map((script) => runStage(script)));
  for (const counts of (await Promise.all(POOLS.map(runPool))).flat()) {
    passed += counts.passed;
    failed += counts.failed;
  }
  const failedChecks = (await checks).filter((isGood) => !isGood).length;
  failed += failedChecks;
  if (failedChecks > 0) console.log(`\nOf the checks of the sources, ${failedChecks} failed: npm run check`);
} else {
  failed = 1;
}
console.log(`\nall suites and checks: ${Math.round((Date.now() - startedAtMs) / 1_000)} s`);
console.log(`\n${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;
