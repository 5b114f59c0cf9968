import { describe, expect, test } from '@jest/globals';
import { SOURCE_MUTANTS } from '../support/proof/source-mutants.js';
import { killMutants, placesOf } from '../support/proof/kill-mutants.js';
import type { ProofPart } from '../support/proof/proof.js';

/** All of them are `npm run prove -- mutants`. */
const SHORT_FORM = [
  'only the last digit of a signature is compared',
  'a message of another sender is the same push',
  'known secrets stay in the log',
];

describe('given the faults that are sown into the sources', () => {
  test('when the sources are read, then each still finds its place, once', async () => {
    const places = await Promise.all(SOURCE_MUTANTS.map((mutant) => placesOf(mutant)));
    expect(SOURCE_MUTANTS.filter((_, at) => places[at] !== 1).map(({ name }) => name)).toEqual([]);
    expect(SOURCE_MUTANTS.length).toBeGreaterThanOrEqual(40);
  });

  test('when a few are sown, then the suites named for them fail', async () => {
    const parts: ProofPart[] = [];
    for await (const part of killMutants(SOURCE_MUTANTS.filter(({ name }) => SHORT_FORM.includes(name))))
      parts.push(part);
    expect(parts).toHaveLength(SHORT_FORM.length);
    expect(parts.flatMap(({ name, broken }) => broken.map((claim) => `${name}: ${claim}`))).toEqual([]);
  }, 180_000);
});
