// `npm run check`: checks the sources without running them, and their layers. For the inner loop.
import { CHECKS, runStage } from './stages.mjs';

const ended = await Promise.all([
  ...CHECKS.map((script) => runStage(script)),
  runStage('jest', 'test/unit/architecture', '--silent'),
]);
if (ended.includes(false)) process.exitCode = 1;
