// Runs one pool of suites for `npm test`, which forks it with the pool's Jest options, and sends it the counts.
import { runCLI } from 'jest';

const options = JSON.parse(process.argv[2] ?? '{}');
const { results } = await runCLI({ $0: '', _: [], reporters: ['default'], ...options }, [process.cwd()]);
const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = results;
process.send?.({ passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites });
process.disconnect?.();
