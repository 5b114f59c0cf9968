import { RedisCluster } from '../support/processes/redis-cluster.js';
import { proveFailovers } from '../support/proof/failover.js';
import type { Proof } from '../support/proof/proof.js';

export default {
  about:
    'A cluster gives our slot to another node five times, under load: nothing accepted is lost or doubled.',
  limitMinutes: 12,
  async *run() {
    const cluster = await RedisCluster.start();
    try {
      yield* proveFailovers(cluster, ['kill', 'freeze', 'ask', 'kill', 'kill'], 15);
    } finally {
      await cluster.stop();
    }
  },
} satisfies Proof;
