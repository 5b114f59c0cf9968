import { SOURCE_MUTANTS } from '../support/proof/source-mutants.js';
import { killMutants } from '../support/proof/kill-mutants.js';
import type { Proof } from '../support/proof/proof.js';

export default {
  about: `${SOURCE_MUTANTS.length} faults of listener and pipeline, sown one after the other: a quick suite notices each.`,
  limitMinutes: 60,
  run: () => killMutants(SOURCE_MUTANTS),
} satisfies Proof;
