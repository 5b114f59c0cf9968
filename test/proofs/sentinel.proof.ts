import { RedisSentinels } from '../support/processes/redis-sentinels.js';
import { proveFailovers } from '../support/proof/failover.js';
import type { Proof } from '../support/proof/proof.js';

export default {
  about:
    'Sentinel makes another Redis the primary five times, under load: nothing accepted is lost or doubled.',
  limitMinutes: 12,
  async *run() {
    const sentinels = await RedisSentinels.start();
    try {
      yield* proveFailovers(sentinels, ['kill', 'freeze', 'ask', 'kill', 'kill'], 15);
    } finally {
      await sentinels.stop();
    }
  },
} satisfies Proof;
