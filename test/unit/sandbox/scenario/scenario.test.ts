import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readScenario } from '../../../../src/sandbox/scenario/scenario.js';

const scenario = (...steps: readonly unknown[]) => ({ name: 'a scenario', steps });

describe('given a scenario', () => {
  test('when a step is misspelt, then the fault names it, where it stands, and the steps that there are', () => {
    expect(() => readScenario(scenario({ push: {} }, { pusch: {} }))).toThrow(
      /^steps\.1: there is no step "pusch"; there are push, start, finish, .*windows$/,
    );
  });

  test('when a key of a step is misspelt, then the fault names the step and the key', () => {
    expect(() => readScenario(scenario({ push: {}, expct: {} }))).toThrow(/^steps\.0: .*"expct"/);
    expect(() => readScenario(scenario({ push: { knd: 'message.text' } }))).toThrow(
      /^steps\.0\.push: .*"knd"/,
    );
  });
});

describe('given the description of the JSON API', () => {
  test('when it is read, then it says that no key is asked for', () => {
    expect(JSON.parse(readFileSync('src/sandbox/openapi.json', 'utf8'))).toMatchObject({ security: [] });
  });
});
