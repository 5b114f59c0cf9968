import { weekCases } from '../soak/cases.js';
import { runSoak } from '../soak/run-soak.js';
import { judgeSoak } from '../soak/oracle.js';
import type { Proof } from '../support/proof/proof.js';

const DAYS = 7;

export default {
  about: 'A week of 500 followers on one server and on two, of which one dies now and then, in moved time.',
  limitMinutes: 30,
  async *run() {
    for (const { on, when, options, broken } of weekCases(DAYS)) {
      const { faults, ledger, figures } = judgeSoak(await runSoak(options));
      yield {
        name: `${on}: when ${when}`,
        ledger,
        figures: { ...figures },
        broken: [...faults, ...broken(figures)],
      };
    }
  },
} satisfies Proof;
