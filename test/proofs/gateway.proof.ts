import { gatewayCosts } from '../support/gateway/gateway-costs.js';
import { gatewayStory } from '../support/gateway/gateway-story.js';
import type { Proof } from '../support/proof/proof.js';

export default {
  about:
    'Programs call through the gateway while access points fail, tokens end and their holder dies: none fails by its token, nothing is sent twice; large files are streamed.',
  limitMinutes: 12,
  async *run() {
    yield* gatewayStory({ calls: 10_000, clients: 20, invalidations: 10 });
    yield* gatewayCosts({ rounds: 7, calls: 3_000 });
  },
} satisfies Proof;
