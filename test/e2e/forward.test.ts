import { describe, expect, test } from '@jest/globals';
import { foreignServers } from '../support/conformance/foreign-servers.js';
import { forwardStory, SLOW_BACKEND } from '../support/forward/forward-story.js';

const middleware = foreignServers.find(
  ({ kind, mode, isHere }) => isHere && kind.includes('Koa') && mode === 'safe',
);

describe.each([SLOW_BACKEND, ...(middleware === undefined ? [] : [middleware])])(
  'given two processes on Redis in front of $kind in $mode mode',
  (backend) => {
    test('when backend and processes are killed in turn, then each push has one answer and none is lost', async () => {
      const { broken, ledger } = await forwardStory(backend, { pushes: 100, perSecond: 40 });
      expect({ broken, ledger }).toMatchObject({ broken: [], ledger: { lost: 0, duplicated: 0, dead: 0 } });
    }, 180_000);
  },
);
