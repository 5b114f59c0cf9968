import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readScenario, type Scenario } from '../../../src/sandbox/scenario/scenario.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', 'scenarios');

/** All scenarios of one folder; a file holds a list of them. */
export function scenariosIn(folder: string): readonly Scenario[] {
  return readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const list: unknown = JSON.parse(readFileSync(join(ROOT, folder, file), 'utf8'));
      return Array.isArray(list) ? list.map(readScenario) : [readScenario(list)];
    });
}
