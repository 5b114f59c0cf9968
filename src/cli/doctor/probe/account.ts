import { createAccessPoints } from '../../../api/access-points/access-points.js';
import { ApiRefused, ApiUnreachable } from '../../../api/api-error.js';
import type { CheckResult } from '../../../api/catalogue/network.js';
import { createApi, type Api } from '../../../api/client.js';
import { fetchToken } from '../../../api/fetch-token.js';
import { isPermissionDenied, permissionSaid } from '../../../api/send-permission-fact.js';
import { NOBODY } from '../../../api/send-permission.js';
import type { AccountConfig, Config } from '../../../config/config.js';
import { silentLogger } from '../../../ports/logger.js';
import type { Clock } from '../../../ports/clock.js';
import type { HttpClient } from '../../../ports/http-client.js';
import { toAccessToken, toAppId, type AccessToken } from '../../../protocol/ids.js';
import { inBoth, type Words } from '../../../protocol/words.js';
import { openTokenClient } from '../../token-client.js';

/** WeChat's refusal, or the reason why no answer came. */
export type Refused =
  | { readonly errcode: number; readonly text: string; readonly advice: Words }
  | { readonly errcode?: undefined; readonly text: string };

/** Permissions that are probed, by calls that change nothing. */
export const RIGHTS = ['customer-service', 'template', 'menu'] as const;
export type Right = (typeof RIGHTS)[number];

export interface AccountFacts {
  /** `none`: there is no AppSecret to fetch one with. */
  readonly token: 'had' | 'none' | Refused;
  /** The other fields need a token. */
  readonly rights?: Readonly<Record<Right, 'granted' | 'denied' | 'unknown'>>;
  readonly check?: CheckResult | Refused;
  readonly quotas?: readonly { readonly path: string; readonly used: number; readonly limit: number }[];
  /** True if a new token was refused as invalid. */
  readonly tokenDied?: boolean;
}

/** Calls with a small daily quota that the server itself makes. */
const QUOTA_PATHS = ['/cgi-bin/message/custom/send', '/cgi-bin/stable_token', '/cgi-bin/token'];
const TIMEOUT_MS = 5_000;

/** Probes the account's permissions with calls that change nothing. Never rejects for a refusal by WeChat. */
export async function probeAccount(
  config: Config,
  account: AccountConfig,
  deps: { readonly http: HttpClient; readonly clock: Clock },
): Promise<AccountFacts> {
  if (account.appSecret === undefined && config.tokenServer === undefined) return { token: 'none' };
  const accessPoints = createAccessPoints({ urls: config.apiBaseUrls, ...deps, log: silentLogger });
  let token: AccessToken;
  try {
    token = await obtainToken(config, account, accessPoints);
  } catch (error) {
    return { token: refusedOf(error) };
  }
  const tokens = { get: () => Promise.resolve(token), reject: () => Promise.resolve() };
  const api = createApi({ accessPoints, tokens, timeoutMs: TIMEOUT_MS });
  let tokenDied = false;
  const noteDeath = (error: unknown): void => {
    if (error instanceof ApiRefused && error.errorClass === 'token-invalid') tokenDied = true;
  };
  const rights = await askRights(api, noteDeath);
  const check = await api.network
    .check({ action: 'all', check_operator: 'DEFAULT' })
    .catch((error: unknown) => (noteDeath(error), refusedOf(error)));
  const quotas = await askQuotas(api, noteDeath);
  return { token: 'had', rights, check, quotas, tokenDied };
}

/**
 * Gets an access token. The stable channel returns the same token to every caller, so `doctor` fetches it itself, which
 * reveals a wrong secret. In the classic channel a fetch invalidates the previous token, so the server's token is used.
 */
async function obtainToken(
  config: Config,
  account: AccountConfig,
  accessPoints: Parameters<typeof fetchToken>[0],
): Promise<AccessToken> {
  const { appSecret: secret, appId } = account;
  if (config.tokenChannel === 'stable' && config.tokenServer === undefined && secret !== undefined) {
    const request = { appId: toAppId(appId), secret, channel: 'stable', force: false } as const;
    return toAccessToken((await fetchToken(accessPoints, request)).value);
  }
  const client = await openTokenClient(config, appId, silentLogger);
  try {
    return toAccessToken((await client.current()).value);
  } finally {
    await client.close();
  }
}

async function askRights(
  api: Api,
  onError: (error: unknown) => void,
): Promise<Record<Right, 'granted' | 'denied' | 'unknown'>> {
  const said = async (call: Promise<unknown>): Promise<'granted' | 'denied' | 'unknown'> => {
    try {
      await call;
      return 'granted';
    } catch (error) {
      onError(error);
      if (isPermissionDenied(error)) return 'denied';
      // 46003 (no menu) shows that the account has the permission for menus.
      if (error instanceof ApiRefused && error.errcode === 46003) return 'granted';
      return permissionSaid(error) ?? 'unknown';
    }
  };
  return {
    'customer-service': await said(api.messages.typing({ touser: NOBODY, command: 'CancelTyping' })),
    template: await said(api.call('/cgi-bin/template/get_all_private_template')),
    menu: await said(api.call('/cgi-bin/menu/get')),
  };
}

async function askQuotas(
  api: Api,
  onError: (error: unknown) => void,
): Promise<NonNullable<AccountFacts['quotas']>> {
  const figures = await Promise.all(
    QUOTA_PATHS.map(async (path) => {
      try {
        const { used, daily_limit: limit } = (await api.quotas.get({ cgi_path: path })).quota;
        return limit > 0 ? [{ path, used, limit }] : [];
      } catch (error) {
        onError(error); // not every account has every API
        return [];
      }
    }),
  );
  return figures.flat();
}

function refusedOf(error: unknown): Refused {
  if (error instanceof ApiRefused) {
    const { errcode, text } = error;
    return { errcode, text, advice: { en: error.adviceIn('en'), zh: error.adviceIn('zh') } };
  }
  const text =
    error instanceof ApiUnreachable ? error.why : error instanceof Error ? error.message : 'failed';
  // The running server passes WeChat's refusal on as a sentence.
  const errcode = Number(/errcode (-?\d+)/.exec(text)?.[1]);
  return Number.isNaN(errcode) ? { text } : { errcode, text, advice: inBoth(text) };
}
