import { weekCases } from '../sandbox/support/week-cases.js';
import { tellWeek } from '../sandbox/support/week-story.js';
import { judgeWeek } from '../sandbox/support/week-verdict.js';
import type { Proof } from '../support/proof.js';

const DAYS = 7;

export default {
  about: 'A week of 500 followers on one server and on two, of which one dies now and then, in moved time.',
  limitMinutes: 30,
  async *run() {
    for (const { on, when, options, broken } of weekCases(DAYS)) {
      const { faults, ledger, figures } = judgeWeek(await tellWeek(options));
      yield {
        name: `${on}: when ${when}`,
        ledger,
        figures: { ...figures },
        broken: [...faults, ...broken(figures)],
      };
    }
  },
} satisfies Proof;
