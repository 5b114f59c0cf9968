import type { AccessPointPool } from './api/access-points/access-points.js';
import { createAppSecret, type ChangeableAppSecret } from './api/app-secret.js';
import { createCallBudget } from './api/call-budget.js';
import { createCallbackFigures, type CallbackDay } from './api/callback-figures.js';
import { ROWS_BY_PATH } from './api/catalogue/catalogue.js';
import { createApi, type Api } from './api/client.js';
import { createGateway, type Gateway } from './api/gateway/gateway.js';
import { createMediaCache, type MediaCache } from './api/media/media-cache.js';
import { createUploadOnce } from './api/media/upload-once.js';
import { createSendPermission } from './api/send-permission.js';
import { createTicketKeeper, TICKET_PATH } from './api/ticket-keeper.js';
import { createTokenKeeper } from './api/token-keeper.js';
import { createServerTicketKeeper, createServerTokenKeeper } from './api/token-server.js';
import type { AccountConfig, Config } from './config/config.js';
import { createAskBackend, type DefaultBackend } from './handler-runtime/forward/ask-backend.js';
import type { TokenAccount } from './http/token-route.js';
import type { Account } from './pipeline/account.js';
import { createDeliveryPolicy, type DeliveryPolicy } from './pipeline/delivery-policy.js';
import type { Clock } from './ports/clock.js';
import type { Events } from './ports/events.js';
import type { HttpClient } from './ports/http-client.js';
import type { HttpStreamClient } from './ports/http-stream.js';
import type { Logger } from './ports/logger.js';
import type { PublicDownload } from './ports/public-download.js';
import { senderKey } from './ports/record-key.js';
import type { StateStore } from './ports/state-store.js';
import { createChoiceIds } from './protocol/choice-ids.js';
import { createCipher } from './protocol/cipher.js';
import { toAppId } from './protocol/ids.js';

/** What the services of all accounts share. */
export interface ServiceParts {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Events;
  readonly http: HttpClient;
  readonly accessPoints: AccessPointPool;
  readonly download: PublicDownload;
  readonly open: HttpStreamClient;
}

/**
 * What an account has by its name and AppID: credentials, API, permission to send. It stays while callback token, key
 * or paths change.
 */
export interface AccountServices {
  readonly credentials: TokenAccount;
  readonly secret: ChangeableAppSecret;
  readonly api: Api;
  /** Makes calls that count in no metric and cause no trouble. */
  readonly asking: Api;
  /** Passes on the calls of other programs. */
  readonly gateway: Gateway;
  readonly mediaCache: MediaCache;
  readonly deliveryPolicy: DeliveryPolicy;
  /** WeChat's own figures of our callback yesterday; undefined while unknown. */
  readonly callbackDay: () => CallbackDay | undefined;
  /** Starts what runs by itself: renewals, and the question for the permission. */
  start(): Promise<void>;
  /** Ends that. Calls in progress, and those that they need, still work. Resolves once no fetch is under way. */
  stop(): Promise<void>;
}

export function createAccountServices(
  { name, appId: configuredId, appSecret }: Pick<AccountConfig, 'name' | 'appId' | 'appSecret'>,
  { tokenChannel, tokenServer, lateReply, lateNotice, heldTriesPer5Min }: Config,
  parts: ServiceParts,
): AccountServices {
  const appId = toAppId(configuredId);
  const secret = createAppSecret(appId, appSecret);
  const server = tokenServer && { ...tokenServer, appId, ...parts };
  const tokens =
    server === undefined
      ? createTokenKeeper({ appId, secret, channel: tokenChannel, account: name, ...parts })
      : createServerTokenKeeper(server);
  const budget = createCallBudget({ appId, ...parts });
  const api = createApi({
    accessPoints: parts.accessPoints,
    tokens,
    budget,
    download: parts.download,
    account: name,
    events: parts.events,
    clock: parts.clock,
  });
  // A separate client, because the expected refusal must not count in metrics or troubles.
  const asking = createApi({ accessPoints: parts.accessPoints, tokens });
  const ask = (type: string) => api.call(TICKET_PATH, undefined, { query: { type } });
  const tickets =
    server === undefined
      ? createTicketKeeper({ appId, secret, ask, ...parts })
      : createServerTicketKeeper(server);
  const gateway = createGateway({
    ...parts,
    tokens,
    budget,
    rows: ROWS_BY_PATH,
    account: name,
    onMessageSent(user) {
      // Off the count by which late answers choose their channel. While the store is away WeChat counts alone.
      const spend = { sender: senderKey(appId, user), nowMs: parts.clock.now(), change: 'spend' } as const;
      parts.store.sendQuota(spend).catch(() => {});
    },
  });
  const deliveryPolicy = createDeliveryPolicy({
    appId,
    mode: lateReply,
    canCall: secret.value !== undefined || server !== undefined,
    permission: createSendPermission({ appId, typing: asking.messages.typing, ...parts }),
    notice: lateNotice,
    heldPer5Min: heldTriesPer5Min,
    ...parts,
  });
  const validateToken = () => api.call('/cgi-bin/getcallbackip');
  return {
    credentials: { name, appId, appSecret: secret, tokens, tickets, validateToken },
    secret,
    api,
    asking,
    gateway,
    mediaCache: createMediaCache({
      appId,
      uploadOnce: createUploadOnce({ appId, media: api.media, ...parts }),
      ...parts,
    }),
    deliveryPolicy,
    callbackDay: createCallbackFigures({
      statistics: asking.statistics,
      hasToken: async () => (await tokens.status()).expiresAtMs !== undefined,
      clock: parts.clock,
    }),
    async start() {
      await deliveryPolicy.start();
      tokens.start();
      tickets.start();
    },
    async stop() {
      deliveryPolicy.stop();
      await Promise.all([tokens.stop(), tickets.stop()]);
    },
  };
}

/** The account as the pipeline sees it. */
export function toAccount(
  config: AccountConfig,
  services: AccountServices,
  { forward: { timeoutMs } }: Config,
  parts: ServiceParts,
): Account {
  const { name, originalId, lateTemplate } = config;
  const { appId } = services.credentials;
  const { api, mediaCache, deliveryPolicy } = services;
  return {
    name,
    appId,
    originalId,
    lateTemplate,
    secrets: {
      appId,
      mode: config.cipherMode,
      tokens: config.tokens,
      ciphers: config.encodingAesKeys.map((key) => createCipher(key, appId)),
    },
    api,
    mediaCache,
    askBackend: createAskBackend({ appId, account: name, defaults: backendOf(config, timeoutMs), ...parts }),
    deliveryPolicy,
    choiceIds: createChoiceIds(appId, () => ({ ...config, appSecret: services.secret.value })),
  };
}

/** The backend of an account; without FORWARD_URL its secrets alone, for handlers that name a URL. */
function backendOf(
  { forward, tokens, encodingAesKeys, cipherMode }: AccountConfig,
  timeoutMs: number,
): DefaultBackend {
  const { encodingAesKey, ...rest } = forward ?? {
    token: tokens[0],
    encodingAesKey: encodingAesKeys[0],
    mode: cipherMode,
  };
  return { ...rest, timeoutMs, ...(encodingAesKey !== undefined && { encodingAesKey }) };
}
