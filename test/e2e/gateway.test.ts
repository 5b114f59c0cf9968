import { describe, expect, test } from '@jest/globals';
import { gatewayCosts } from '../support/gateway/gateway-costs.js';
import { gatewayStory } from '../support/gateway/gateway-story.js';

describe('given programs that call WeChat through two servers', () => {
  test('when access points fail, the token ends and its holder is killed, then none fails by its token and nothing is sent twice', async () => {
    for await (const { broken, figures } of gatewayStory({ calls: 400, clients: 20, invalidations: 1 }))
      expect([broken, figures]).toEqual([[], expect.anything()]);
  }, 240_000);

  test('when large files go through, then the memory of the server stays flat', async () => {
    for await (const { broken, figures } of gatewayCosts({ rounds: 2, calls: 200 }))
      expect([broken, figures]).toEqual([[], expect.anything()]);
  }, 240_000);
});
