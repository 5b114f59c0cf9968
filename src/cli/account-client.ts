import { createHttpClient } from '../adapters/http/http-client.js';
import { createAccessPoints } from '../api/access-points/access-points.js';
import { createApi, type Api } from '../api/client.js';
import { createServerTokenKeeper } from '../api/token-server.js';
import { createApp } from '../app.js';
import { readConfigForTrying, type AccountConfig } from '../config/config.js';
import { systemClock } from '../ports/clock.js';
import { toAppId } from '../protocol/ids.js';
import { findAdminClient } from './admin-client.js';
import type { Terminal } from './command.js';
import { findAccount } from './find-account.js';
import { logWarnings } from './warning-logger.js';

/**
 * Uses the API of a configured account. The token comes from the running server; without one, from its store, which then
 * counts calls of which there are few a month.
 */
export async function withAccountClient<T>(
  wanted: string | undefined,
  terminal: Terminal,
  work: (api: Api, account: AccountConfig) => Promise<T>,
): Promise<T> {
  const { config } = readConfigForTrying();
  const account = findAccount(config, wanted);
  const log = logWarnings(terminal);
  const parts = { http: createHttpClient(config.proxy), clock: systemClock, log };
  const accessPoints = createAccessPoints({ urls: config.apiBaseUrls, ...parts });
  const server = await findAdminClient(config);
  if (server !== undefined) {
    const access = { url: `http://${server.place}`, key: config.admin.key, appId: toAppId(account.appId) };
    const tokens = createServerTokenKeeper({ ...access, ...parts });
    return work(createApi({ accessPoints, tokens }), account);
  }
  const app = await createApp(config, { log, handlers: { handlers: [], observers: [] } });
  try {
    const { tokens } = app.credentials(account.appId);
    return await work({ ...app.api(account.appId), tokens }, account);
  } finally {
    await app.stop();
  }
}
