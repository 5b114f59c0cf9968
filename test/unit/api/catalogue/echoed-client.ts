import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { createHttpClient } from '../../../../src/adapters/http/http-client.js';
import { createAccessPoints } from '../../../../src/api/access-points/access-points.js';
import type { CallBudget } from '../../../../src/api/call-budget.js';
import { createApi, type Api } from '../../../../src/api/client.js';
import { systemClock } from '../../../../src/ports/clock.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import { toAccessToken } from '../../../../src/protocol/ids.js';
import { startEchoApi, type EchoApi } from './echo-api.js';

/** A far end for the tests of a file, and clients that talk to it with the token `T`. */
export function echoedClient(): { far: () => EchoApi; client: (budget?: CallBudget) => Api } {
  let echo: EchoApi;
  beforeAll(async () => {
    echo = await startEchoApi();
  });
  beforeEach(() => {
    echo.received.length = 0;
    echo.answer('{"errcode":0,"errmsg":"ok"}');
  });
  afterAll(() => echo.close());
  return {
    far: () => echo,
    client(budget) {
      const accessPoints = createAccessPoints({
        urls: [echo.url],
        http: createHttpClient(),
        clock: systemClock,
        log: silentLogger,
      });
      const tokens = { get: async () => toAccessToken('T'), reject: async () => {} };
      return createApi({ accessPoints, tokens, ...(budget !== undefined && { budget }) });
    },
  };
}
