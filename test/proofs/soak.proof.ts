import type { Proof } from '../support/proof/proof.js';
import { soak } from '../support/proof/run-soak.js';

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 30);
/** Of each of the two servers, which run side by side. */
const PER_SECOND = Number(process.env['SOAK_RATE'] ?? 50);

export default {
  about: `${MINUTES} minutes of ${PER_SECOND} pushes a second, on the embedded store and on Redis: nothing is lost or doubled; memory, handles and what is stored do not grow.`,
  limitMinutes: MINUTES + 10,
  async *run() {
    const common = { perSecond: PER_SECOND, forMs: MINUTES * 60_000, sampleEveryMs: MINUTES * 500 };
    const parts = (['embedded', 'Redis'] as const).map((storage) => soak({ storage, ...common }));
    for (const part of parts) yield await part;
  },
} satisfies Proof;
