import { createHttpClient } from './adapters/http/http-client.js';
import { createPublicDownload } from './adapters/http/public-download.js';
import { createAccessPoints } from './api/access-points/access-points.js';
import { createApi, type HandlerApi } from './api/client.js';
import type { TokenCentre } from './api/token-keeper.js';
import { createServerTokenKeeper, type TokenServerAccess } from './api/token-server.js';
import { createApp } from './app.js';
import { withSafeErrors } from './adapters/log/safe-errors.js';
import { readConfig, type AccountConfig, type Config } from './config/config.js';
import { openLog, type Settings } from './embed.js';
import { HttpFailure, type HttpClient } from './ports/http-client.js';
import type { Logger } from './ports/logger.js';
import { systemClock } from './ports/clock.js';
import { toAppId } from './protocol/ids.js';

/**
 * Options of `createWechatApi`.
 *
 * @example
 * await createWechatApi(process.env, { account: 'shop' });
 */
export interface WechatApiOptions {
  /**
   * Name or AppID of the account.
   *
   * @defaultValue the first one
   */
  readonly account?: string;
  /**
   * Where log lines go.
   *
   * @defaultValue JSON lines on standard output, secrets scrubbed
   */
  readonly logger?: Logger;
}

/**
 * `ctx.api` outside of handlers.
 *
 * @example
 * const api: WechatApi = await createWechatApi(process.env);
 */
export interface WechatApi extends HandlerApi {
  /** Lets go of connections and storage. Calls after it fail. */
  close(): Promise<void>;
}

/** Nobody has to wait for a server that does not run. */
const PING_TIMEOUT_MS = 2_000;

/**
 * The client for programs that are no server. Its access token is that of the token centre: of TOKEN_SERVER_URL, of the server that
 * runs at ADMIN_HOST and ADMIN_PORT, or of the store that all processes share (REDIS_URL, DATA_DIR).
 *
 * @throws ConfigInvalid · DataDirInUse  another process has the store, and its admin listener cannot be reached
 */
export async function createWechatApi(
  settings: Settings,
  { account: wanted, logger }: WechatApiOptions = {},
): Promise<WechatApi> {
  const config = readConfig(withoutCallbacks(settings));
  const log =
    logger === undefined ? openLog(config) : withSafeErrors(logger, { whole: config.logThrownMessages });
  const account = findAccount(config, wanted);
  const http = createHttpClient(config.proxy);
  const parts = { http, clock: systemClock, log };
  const accessPoints = createAccessPoints({ urls: config.apiBaseUrls, ...parts });
  const { tokens, close } = await openTokens(config, account, http, log);
  const { tokens: _tokens, ...api } = createApi({
    accessPoints,
    tokens,
    download: createPublicDownload({ proxy: config.proxy }),
    account: account.name,
  });
  return { ...api, close };
}

/** Callbacks are not for such a program, so their token is not asked for. */
function withoutCallbacks(settings: Settings): Record<string, string | undefined> {
  const names = ['WECHAT_TOKEN', 'WECHAT_TOKEN_FILE', 'WECHAT_ACCOUNTS_FILE'];
  const isGiven = names.some((name) => (settings[name] ?? '') !== '');
  return isGiven ? { ...settings } : { ...settings, WECHAT_TOKEN: 'no-callbacks-here' };
}

function findAccount({ accounts }: Config, wanted: string | undefined): AccountConfig {
  const found = accounts.find(
    ({ name, appId }) => wanted === undefined || name === wanted || appId === wanted,
  );
  if (found === undefined) throw new RangeError(`no account "${wanted ?? ''}" is configured`);
  return found;
}

async function openTokens(
  config: Config,
  { appId }: AccountConfig,
  http: HttpClient,
  log: Logger,
): Promise<{ tokens: TokenCentre; close: () => Promise<void> }> {
  const centre = config.tokenServer ?? (await findRunningServer(config, appId, http));
  if (centre !== undefined) {
    const access: TokenServerAccess = { ...centre, appId: toAppId(appId), http, clock: systemClock, log };
    return { tokens: createServerTokenKeeper(access), close: () => Promise.resolve() };
  }
  const app = await createApp(config, { log, handlers: { handlers: [], observers: [] } });
  return { tokens: app.credentials(appId).tokens, close: () => app.stop() };
}

/** The server that runs with this configuration, if one does. */
async function findRunningServer(
  { admin }: Config,
  appId: string,
  http: HttpClient,
): Promise<{ url: string; key: string | undefined } | undefined> {
  const wide: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  const url = `http://${wide[admin.host] ?? admin.host}:${admin.port}`;
  try {
    const { status } = await http({
      method: 'GET',
      url: `${url}/accounts/${encodeURIComponent(appId)}/token/status`,
      timeoutMs: PING_TIMEOUT_MS,
      ...(admin.key !== undefined && { headers: { authorization: `Bearer ${admin.key}` } }),
    });
    return status === 200 ? { url, key: admin.key } : undefined;
  } catch (error) {
    if (error instanceof HttpFailure) return undefined;
    throw error;
  }
}
