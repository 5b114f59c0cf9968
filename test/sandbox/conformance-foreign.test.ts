import { describe, expect, test } from '@jest/globals';
import { foreignServers, verdictOn } from '../support/conformance/foreign-servers.js';

/** `npm run prove -- foreign-servers` judges the others, too. */
describe('given a server on an old middleware from npm', () => {
  test.each(foreignServers.filter(({ isHere }) => isHere))(
    'when $kind is judged in $mode mode, then the verdict is the one that is right for it',
    async (server) => {
      const { stop, breaks } = await verdictOn(server);
      expect({ stop, breaks }).toEqual({ stop: server.stop, breaks: Object.keys(server.breaks) });
    },
    60_000,
  );
});
