import { describe, expect, test } from '@jest/globals';
import { runScenario } from '../../src/sandbox/scenario/run-scenario.js';
import { startDrivenSandbox } from './support/driven-sandbox.js';
import { scenariosIn } from './support/scenario-files.js';

describe('given the API side of the sandbox', () => {
  test.each(scenariosIn('api').map((scenario) => [scenario.name, scenario] as const))(
    'when the scenario "%s" is played, then every step is as expected',
    async (_name, scenario) => {
      // Nobody listens at the target: these scenarios are about the API alone.
      const { sandbox } = await startDrivenSandbox({
        account: { target: 'http://127.0.0.1:1/wechat', mode: 'plaintext' },
      });
      try {
        const report = await runScenario(sandbox, scenario);
        expect(report.steps.filter(({ passed }) => !passed)).toEqual([]);
      } finally {
        await sandbox.stop();
      }
    },
  );
});
