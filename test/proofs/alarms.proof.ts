import { playHealthyWeek } from '../alarms/healthy-week.js';
import { incidents } from '../alarms/incidents.js';
import { playIncident } from '../alarms/play-incident.js';
import type { Proof } from '../support/proof/proof.js';

const PACES_MS = [250, 2_000, 5_000];
const WEEKS = 5;
const ACCOUNTS = {
  'a service account': {},
  'an account that may send nothing': { settings: { LATE_REPLY: 'passive-only' } },
} as const;

export default {
  about: 'Our alarms come before WeChat’s in every incident, slow and fast; weeks that are well raise none.',
  limitMinutes: 20,
  async *run() {
    for (const everyMs of PACES_MS)
      for (const incident of incidents(everyMs)) {
        if (incident.noticedBy !== 'WeChat' && everyMs !== PACES_MS[0]) continue;
        const { broken, ...figures } = await playIncident(incident);
        const pace = incident.noticedBy === 'WeChat' ? `, a push every ${everyMs} ms` : '';
        yield { name: `when ${incident.name}${pace}`, figures, broken };
      }
    for (const [name, options] of Object.entries(ACCOUNTS))
      for (let seed = 1; seed <= WEEKS; seed += 1) {
        const { pushes, alarms, platform } = await playHealthyWeek(7, seed, options);
        yield {
          name: `a week of ${name} that is well, seed ${seed}`,
          figures: { pushes },
          broken: [
            ...alarms.map(({ alarm, atMs }) => `${alarm} was raised at ${new Date(atMs).toISOString()}`),
            ...(platform.length > 0 ? ['WeChat raised its alarm'] : []),
          ],
        };
      }
  },
} satisfies Proof;
