import type { Server } from 'node:http';
import { createAccessPoints, type AccessPointPool, type AccessPointsStatus } from './api/access-points.js';
import { createCallBudget } from './api/call-budget.js';
import { createAppSecret, type ChangeableAppSecret } from './api/app-secret.js';
import { OFFICIAL_NAMES } from './api/catalogue/official-names.js';
import { createApi } from './api/client.js';
import { createMediaCache } from './api/media/media-cache.js';
import { createUploadOnce } from './api/media/upload-once.js';
import { createSendPermission } from './api/send-permission.js';
import { createTicketKeeper, TICKET_PATH } from './api/ticket-keeper.js';
import { createTokenKeeper } from './api/token-keeper.js';
import { createServerTicketKeeper, createServerTokenKeeper } from './api/token-server.js';
import { createHttpClient } from './adapters/http/http-client.js';
import { createPublicDownload } from './adapters/http/public-download.js';
import { openFileAdapters } from './adapters/file/index.js';
import type { AccountConfig, Config } from './config.js';
import { createAdminServer } from './http/admin-server.js';
import { createCallbackHandler, type CallbackHandler } from './http/callback-endpoint.js';
import { monitorEventLoopLag } from './http/event-loop-lag.js';
import { createLargeBodies } from './http/large-bodies.js';
import { closeServer, listen } from './http/listen.js';
import { createPublicServer, type Readiness } from './http/public-server.js';
import type { TokenAccount } from './http/token-route.js';
import { createTokenRoutes } from './http/token-routes.js';
import { createWebPages, type WebPages } from './http/web-pages.js';
import { createRouter, type Router } from './handler-runtime/router.js';
import type { LoadedHandlers } from './handler-runtime/registry.js';
import type { Account, AccountView } from './pipeline/account.js';
import { recordTtlsFor } from './pipeline/record/update-record.js';
import { handOffAll } from './pipeline/run/hand-off.js';
import { createDeliveryWorker } from './pipeline/delivery/delivery-worker.js';
import { createDeadLetterQueue, type DeadLetterQueue } from './pipeline/dead-letters/dead-letter-queue.js';
import { createDeadLetterNotifier } from './pipeline/dead-letters/notify-observers.js';
import { createLostJobProcessor } from './pipeline/delivery/lost-job.js';
import { createProcessLease } from './pipeline/record/heartbeat.js';
import { createReceiver } from './pipeline/receive.js';
import { createDeliveryPolicy } from './pipeline/delivery-policy.js';
import type { ActiveRun } from './pipeline/run/run-deps.js';
import { createEventBus } from './operations/event-bus.js';
import { createOperations, type OperationsView } from './operations/operations.js';
import { operationsSources } from './operations-sources.js';
import { packageVersion } from './package-version.js';
import { systemClock, type Clock } from './ports/clock.js';
import type { Consumer, DeferredQueue } from './ports/deferred-queue.js';
import type { Events, ServerEvent } from './ports/events.js';
import type { HttpClient } from './ports/http-client.js';
import type { Logger } from './ports/logger.js';
import type { PublicDownload } from './ports/public-download.js';
import type { StateStore } from './ports/state-store.js';
import { createCipher } from './protocol/cipher.js';
import { toAppId } from './protocol/ids.js';

/** `web` answers pushes, `worker` delivers late answers, `all` does both. */
export type Role = 'all' | 'web' | 'worker';

/** Where state and work are kept, as chosen by the configuration. */
export interface Storage {
  readonly store: StateStore;
  readonly queue: DeferredQueue;
  /** True while the journal stands in for Redis. */
  degraded(): boolean;
  /** True while nothing can be stored: work that outlasts its push is refused. */
  failing(): boolean;
  /** Records and jobs that wait for Redis. Default: none. */
  spilled?(): number;
  /** Of the journal. Default: unknown, as 0. */
  journalBytes?(): number;
  close(): Promise<void>;
}

export interface AppOptions {
  readonly log: Logger;
  readonly handlers: LoadedHandlers;
  readonly role?: Role;
  /** Tests move time and stand in for WeChat here, and nowhere else. */
  readonly clock?: Clock;
  readonly httpClient?: HttpClient;
  readonly download?: PublicDownload;
  /** Instead of what the configuration chooses; closed by whoever opened it. */
  readonly storage?: Storage;
}

export interface App extends Omit<WebPages, 'routes'> {
  /** The callback of an account, mountable in Express; works once the app is open. */
  callback(account?: string): CallbackHandler;
  /** Token and tickets of an account, by name or AppID; the first one by default. Work before the app is open, too. */
  credentials(account?: string): TokenAccount;
  /** What did not reach its users. Works before the app is open, too; what is retried goes out once an app is. */
  readonly deadLetters: DeadLetterQueue;
  /** Metrics, alarms in force, and what went wrong in the last week. Works before the app is open, too. */
  readonly operations: OperationsView;
  /** Calls `listener` with every fact of this server as it happens. Returns the end of listening. */
  onEvent(listener: (event: ServerEvent) => void): () => void;
  /** The accounts, and how their late answers travel just now. */
  accounts(): readonly AccountView[];
  /** How WeChat's access points do, as this process sees it. */
  accessPoints(): AccessPointsStatus;
  /** The public server: listening after `start()`. */
  readonly http: Server;
  /** The admin server: listening after `start()`. */
  readonly admin: Server;
  /** Swaps the handlers of pushes to come; runs under way keep theirs. */
  useHandlers(handlers: LoadedHandlers): void;
  /** Takes over the AppSecrets of a configuration, by AppID. Names the accounts whose secret is another now. */
  useSecrets(accounts: readonly Pick<AccountConfig, 'appId' | 'appSecret'>[]): readonly string[];
  /** Begins to beat and to deliver. Listens to nothing. */
  open(): Promise<void>;
  /** Opens, then listens. Resolves with the ports that were taken. @throws CannotListen */
  start(): Promise<{ port: number | undefined; adminPort: number }>;
  /**
   * Not ready, no new connections; running pushes get their deadline; overruns go to the queue; late work is
   * finished or given back; storage closes. Takes 10 s at most.
   */
  stop(): Promise<void>;
}

/** How long late work under way may go on after a stop began. */
const DRAIN_MS = 3_000;
/** What runs is handed off within this, or found by another process when this one is gone. */
const HAND_OFF_LIMIT_MS = 6_000;
/** Troubles that are not written by then are lost. */
const FLUSH_LIMIT_MS = 1_000;

/** How long a start waits for Redis before it goes on without. */
const REDIS_TIMEOUT_MS = 500;

/** Wires the parts. @throws DataDirInUse @throws DataDirUnusable */
export async function createApp(config: Config, options: AppOptions): Promise<App> {
  const { log, role = 'all', clock = systemClock } = options;
  const events = createEventBus(log);
  const storage = options.storage ?? (await openStorage(config, clock, log, events));
  const { store, queue } = storage;
  const http = options.httpClient ?? createHttpClient();
  const download = options.download ?? createPublicDownload();
  const accessPoints = createAccessPoints({ urls: config.apiBaseUrls, http, clock, log, events });
  const owner = createProcessLease({ store, clock, log });
  const activeRuns = new Map<string, ActiveRun>();

  let router: Router = createRouter(options.handlers.handlers, options.handlers.observers, { log });
  const configured = config.accounts.map((account) =>
    toAccount(account, config, { store, clock, log, events, http, accessPoints, download }),
  );
  const accounts = configured.map(({ account }) => account);
  const lent = configured.map(({ credentials }) => credentials);
  const byAppId = new Map(accounts.map((account) => [account.appId as string, account]));
  const news = createDeadLetterNotifier({ accounts: byAppId, router: () => router, log, events });
  const deps = {
    store,
    queue,
    clock,
    log,
    events,
    owner,
    activeRuns,
    onDeadLetter: news.onDeadLetter,
    activeDeliveries: new Set<string>(),
    router: () => router,
    ttls: recordTtlsFor(config.maxPushAgeS),
    accounts: byAppId,
    settings: { ...config, lanePatienceMs: config.lanePatienceS * 1_000 },
  };

  const loop = clock === systemClock ? monitorEventLoopLag() : undefined;
  const largeBodies = createLargeBodies();
  const doors = new Map<string, CallbackHandler>();
  const byName = new Map<string, CallbackHandler>();
  for (const [index, account] of accounts.entries()) {
    const receiver = createReceiver(account, deps);
    const door = createCallbackHandler(receiver, {
      mode: account.secrets.mode,
      clock,
      log,
      events,
      account: account.name,
      loop,
      largeBodies,
    });
    doors.set(config.accounts[index]?.path ?? '', door);
    byName.set(account.name, door);
  }

  let state: 'closed' | 'open' | 'stopping' = 'closed';
  const readiness = (): Readiness =>
    state !== 'open' || storage.failing() ? 'not-ready' : storage.degraded() ? 'degraded' : 'ready';
  const { routes: pages, ...web } = createWebPages({
    config,
    accounts: lent,
    accessPoints,
    store,
    clock,
    log,
  });
  const publicServer = createPublicServer({
    handlers: doors,
    pages,
    readiness,
    maxConnections: config.maxConnections,
    log,
  });
  const letters = createDeadLetterQueue(deps);
  const operations = createOperations({
    settings: { metrics: config.metrics.enabled, alarms: config.alarms },
    version: packageVersion(),
    accounts: config.accounts,
    sources: operationsSources({ config, storage, accessPoints, clock, apis: configured }),
    isListed: (path) => path in OFFICIAL_NAMES,
    events,
    store,
    http,
    clock,
    log,
  });
  const accountViews = (): readonly AccountView[] =>
    accounts.map(({ name, appId, secrets: { mode: cipherMode }, deliveryPolicy }) => ({
      name,
      appId,
      cipherMode,
      lateReply: deliveryPolicy.view(),
    }));
  const adminServer = createAdminServer({
    key: config.admin.key,
    letters,
    buried: () => news.counts(),
    queue,
    readiness,
    routes: () => router.table(),
    accounts: accountViews,
    tokenRoutes: createTokenRoutes({ accounts: lent, key: config.admin.key, clock, log }),
    operations,
    metricsKey: config.metrics.key,
    log,
  });
  let consumer: Consumer | undefined;

  async function open(): Promise<void> {
    if (state !== 'closed') return;
    state = 'open';
    await owner.start();
    await Promise.all(accounts.map(({ deliveryPolicy }) => deliveryPolicy.start()));
    accessPoints.start();
    operations.start();
    for (const { tokens, tickets } of lent) {
      tokens.start();
      tickets.start();
    }
    if (role !== 'web')
      consumer = queue.consume(createDeliveryWorker(deps), {
        concurrency: config.workerConcurrency,
        onLost: createLostJobProcessor(deps),
      });
  }

  return {
    http: publicServer,
    admin: adminServer,
    callback(name) {
      const door = name === undefined ? byName.values().next().value : byName.get(name);
      if (door === undefined) throw new RangeError(`no account "${name ?? ''}" is configured`);
      return door;
    },
    credentials(wanted) {
      const found = lent.find(
        ({ name, appId }) => wanted === undefined || name === wanted || appId === wanted,
      );
      if (found === undefined) throw new RangeError(`no account "${wanted ?? ''}" is configured`);
      return found;
    },
    ...web,
    deadLetters: letters,
    operations,
    onEvent: (listener) => events.listen(listener),
    accounts: accountViews,
    accessPoints: () => accessPoints.status(),
    useHandlers(next) {
      router = createRouter(next.handlers, next.observers, { log });
    },
    useSecrets: (next) =>
      configured
        .filter(({ credentials: { appId }, secret }) => {
          const same = next.find((account) => account.appId === appId);
          return same !== undefined && secret.change(same.appSecret);
        })
        .map(({ credentials }) => credentials.name),
    open,
    async start() {
      await open();
      const adminPort = await listen(adminServer, { ...config.admin, portName: 'ADMIN_PORT' });
      const port =
        role === 'worker' ? undefined : await listen(publicServer, { ...config.public, portName: 'PORT' });
      return { port, adminPort };
    },
    async stop() {
      if (state === 'stopping') return;
      state = 'stopping';
      for (const { tokens, tickets } of lent) {
        tokens.stop();
        tickets.stop();
      }
      // Every waiting try ends by its deadline, so this ends by itself.
      await Promise.all([closeServer(publicServer), closeServer(adminServer)]);
      await atMost(HAND_OFF_LIMIT_MS, handOffAll(activeRuns, consumer, DRAIN_MS));
      for (const { deliveryPolicy } of accounts) deliveryPolicy.stop();
      accessPoints.stop();
      await atMost(FLUSH_LIMIT_MS, operations.stop());
      owner.stop();
      loop?.stop();
      if (options.storage === undefined) await storage.close();
    },
  };
}

/** Waits in real time, as a process manager does: a store that hangs must not keep the process. */
async function atMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

async function openStorage(config: Config, clock: Clock, log: Logger, events: Events): Promise<Storage> {
  if (config.redisUrl === undefined) {
    const files = await openFileAdapters({ dir: config.dataDir, clock, log });
    return { ...files, degraded: () => false };
  }
  // Loaded only where it is used: BullMQ is most of what the process would otherwise read at start.
  const { openFallback } = await import('./adapters/fallback/index.js');
  const { openRedisAdapters } = await import('./adapters/redis/index.js');
  const remote = openRedisAdapters({ url: config.redisUrl, clock, log });
  // Not there yet is no fault: the journal stands in.
  await remote.ready(REDIS_TIMEOUT_MS).catch(async (error: unknown) => {
    await remote.close(); // its connections would keep the process
    throw error;
  });
  return openFallback({
    remote,
    dir: config.dataDir,
    openLocal: (dir) => openFileAdapters({ dir, clock, log }),
    clock,
    log,
    events,
  });
}

function toAccount(
  config: AccountConfig,
  { tokenChannel, tokenServer, lateReply, lateNotice, heldTriesPer5Min }: Config,
  parts: {
    store: StateStore;
    clock: Clock;
    log: Logger;
    events: Events;
    http: HttpClient;
    accessPoints: AccessPointPool;
    download: PublicDownload;
  },
): { account: Account; credentials: TokenAccount; secret: ChangeableAppSecret } {
  const appId = toAppId(config.appId);
  const { name } = config;
  const secret = createAppSecret(appId, config.appSecret);
  const server = tokenServer && { ...tokenServer, appId, ...parts };
  const tokens =
    server === undefined
      ? createTokenKeeper({ appId, secret, channel: tokenChannel, account: name, ...parts })
      : createServerTokenKeeper(server);
  const api = createApi({
    accessPoints: parts.accessPoints,
    tokens,
    budget: createCallBudget({ appId, ...parts }),
    download: parts.download,
    account: name,
    events: parts.events,
    clock: parts.clock,
  });
  // Not one of the account's calls, since its refusal is what is hoped for: nothing is counted or noted.
  const asking = createApi({ accessPoints: parts.accessPoints, tokens });
  const ask = (type: string) => api.call(TICKET_PATH, undefined, { query: { type } });
  const tickets =
    server === undefined
      ? createTicketKeeper({ appId, secret, ask, ...parts })
      : createServerTicketKeeper(server);
  const uploadOnce = createUploadOnce({ appId, media: api.media, ...parts });
  const tryOut = () => api.call('/cgi-bin/getcallbackip');
  const account = {
    name,
    appId,
    originalId: config.originalId,
    lateTemplate: config.lateTemplate,
    secrets: {
      appId,
      mode: config.cipherMode,
      tokens: config.tokens,
      ciphers: config.encodingAesKeys.map((key) => createCipher(key, appId)),
    },
    api,
    mediaCache: createMediaCache({ appId, uploadOnce, ...parts }),
    deliveryPolicy: createDeliveryPolicy({
      appId,
      mode: lateReply,
      canCall: secret.value !== undefined || server !== undefined,
      permission: createSendPermission({ appId, typing: asking.messages.typing, ...parts }),
      notice: lateNotice,
      heldPer5Min: heldTriesPer5Min,
      ...parts,
    }),
  };
  return {
    account,
    credentials: { name, appId, appSecret: secret, tokens, tickets, validateToken: tryOut },
    secret,
  };
}
