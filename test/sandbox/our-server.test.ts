import { describe, expect, test } from '@jest/globals';
import { TEMPLATES } from '../../src/sandbox/push/templates/templates.js';
import { runScenario } from '../../src/sandbox/scenario/run-scenario.js';
import { readScenario } from '../../src/sandbox/scenario/scenario.js';
import { startDrivenSandbox } from './support/driven-sandbox.js';
import { startOurServer } from './support/our-server.js';
import { scenariosIn } from './support/scenario-files.js';

async function play(scenario: ReturnType<typeof readScenario>) {
  const { sandbox, clock } = await startDrivenSandbox(
    scenario.account === undefined ? {} : { account: definedOf(scenario.account) },
  );
  const server = await startOurServer(sandbox, clock, scenario.needs);
  try {
    const report = await runScenario(sandbox, scenario);
    return report.steps.filter(({ passed }) => !passed);
  } finally {
    await server.stop();
    await sandbox.stop();
  }
}

const definedOf = <T extends object>(account: T): T => ({ ...account });

describe('given our server and the sandbox on one clock', () => {
  test.each(scenariosIn('server').map((scenario) => [scenario.name, scenario] as const))(
    'when the scenario "%s" is played, then every step is as expected',
    async (_name, scenario) => {
      expect(await play(scenario)).toEqual([]);
    },
    // Three hours are twenty thousand heartbeats.
    180_000,
  );

  test.each(['plaintext', 'compatible', 'safe'] as const)(
    'when everything that can be pushed is pushed in %s mode, then nobody ever sees the grey sentence',
    async (mode) => {
      const steps = TEMPLATES.map(({ id }) => ({
        push: { kind: id, follower: `o-${id}` },
        expect: { outcome: 're:^(reply|silent)$', tries: 1 },
      }));
      const scenario = readScenario({
        name: 'all',
        account: { mode },
        steps: [...steps, { act: { action: 'follow' } }],
      });
      expect(await play(scenario)).toEqual([]);
    },
  );
});
