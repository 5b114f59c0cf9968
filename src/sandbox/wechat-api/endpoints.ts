import type { SandboxState } from '../sandbox-state.js';
import { COMMENT_API } from './comment-api.js';
import { CUSTOMER_SERVICE_API } from './customer-service-api.js';
import type { Endpoint } from './endpoint.js';
import { JS_SDK_API } from './js-sdk.js';
import { MEDIA_API } from './media-api.js';
import { MENU_API } from './menu-api.js';
import { NETWORK_API } from './network-api.js';
import { NOTICE_API } from './notice-api.js';
import { OAUTH_API } from './oauth-api.js';
import { openApi } from './openapi-api.js';
import { QRCODE_API } from './qrcode-api.js';
import { STATISTICS_API } from './statistics-api.js';
import { TAG_API } from './tag-api.js';
import { TEMPLATE_API } from './template-api.js';
import { TICKET_API } from './ticket-api.js';
import { TOKEN_API } from './token-api.js';
import { USER_API } from './user-api.js';
import { VOICE_API } from './voice-api.js';

/** Daily quota of an API for which WeChat names none. */
const UNLISTED_LIMIT = 1_000_000;

/** All endpoints by path. */
export const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map(
  [
    ...TOKEN_API,
    ...CUSTOMER_SERVICE_API,
    ...MEDIA_API,
    ...MENU_API,
    ...TEMPLATE_API,
    ...NOTICE_API,
    ...USER_API,
    ...TAG_API,
    ...QRCODE_API,
    ...TICKET_API,
    ...OAUTH_API,
    ...JS_SDK_API,
    ...NETWORK_API,
    ...COMMENT_API,
    ...STATISTICS_API,
    ...VOICE_API,
    ...openApi((path, state) => {
      const endpoint = ENDPOINTS.get(path);
      return endpoint === undefined ? undefined : dailyLimit(endpoint, state);
    }),
  ].map((endpoint) => [endpoint.path, endpoint]),
);

/** Returns the calls per day for this kind of account. */
export function dailyLimit({ daily }: Endpoint, state: SandboxState): number {
  if (daily === undefined) return UNLISTED_LIMIT;
  const [account, test = account] = daily;
  return state.account().kind === 'test' ? test : account;
}
