import { createAppSecret } from '../../../src/api/app-secret.js';
import { createHttpClient } from '../../../src/adapters/http/http-client.js';
import { createAccessPoints } from '../../../src/api/access-points/access-points.js';
import { createCallBudget } from '../../../src/api/call-budget.js';
import { createApi, type Api } from '../../../src/api/client.js';
import { createTokenKeeper } from '../../../src/api/token-keeper.js';
import { systemClock } from '../../../src/ports/clock.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { toAppId } from '../../../src/protocol/ids.js';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import { MemoryStateStore } from '../../support/storage/memory-state-store.js';

/** The client of the sandbox's account, over HTTP. */
export function clientOf(sandbox: Sandbox): Api {
  const { appId, appSecret } = sandbox.state.account();
  const account = { appId: toAppId(appId), store: new MemoryStateStore(), clock: systemClock };
  const accessPoints = createAccessPoints({
    urls: [`${sandbox.url()}/api.weixin.qq.com`],
    http: createHttpClient(),
    clock: systemClock,
    log: silentLogger,
  });
  const tokens = createTokenKeeper({
    ...account,
    secret: createAppSecret(toAppId(appId), appSecret),
    channel: 'stable',
    log: silentLogger,
    accessPoints,
  });
  return createApi({ accessPoints, tokens, budget: createCallBudget(account) });
}
