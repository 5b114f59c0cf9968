import type { Server } from 'node:http';
import { createAccountServices, toAccount } from './account-services.js';
import { createAccessPoints, type AccessPointsStatus } from './api/access-points/access-points.js';
import { OFFICIAL_NAMES } from './api/catalogue/official-names.js';
import type { HandlerApi } from './api/client.js';
import { createHttpStreamClient } from './adapters/http/http-stream-client.js';
import { createHttpClient } from './adapters/http/http-client.js';
import { createPublicDownload } from './adapters/http/public-download.js';
import { openFileAdapters } from './adapters/file/file-adapters.js';
import { createFileRecorder, type FileRecorder } from './adapters/file/recording/file-recorder.js';
import type { Config } from './config/config.js';
import { createAdminServer } from './http/admin-server.js';
import { createCallbackHandler, type CallbackHandler } from './http/callback-endpoint.js';
import { monitorEventLoopLag } from './http/event-loop-lag.js';
import { trustOf } from './http/client-address.js';
import { createGatewayRoutes } from './http/gateway-routes.js';
import { createKeyGuesses } from './http/key-guesses.js';
import { createLargeBodies } from './http/large-bodies.js';
import { closeServer, listenAll } from './http/listen.js';
import { createPublicServer, type Readiness } from './http/public-server.js';
import type { TokenAccount } from './http/token-route.js';
import { createTokenRoutes } from './http/token-routes.js';
import { createAccountPages, createWebPages, type WebPages } from './http/web-pages.js';
import { withForwardUrl, withForwardUrlStill } from './handler-runtime/forward/forward-url.js';
import { createRouter, type Router } from './handler-runtime/router.js';
import type { LoadedHandlers } from './handler-runtime/registry.js';
import type { Account, AccountView } from './pipeline/account.js';
import { recordTtlsFor } from './pipeline/record/update-record.js';
import { handOffAll } from './pipeline/run/hand-off.js';
import { createDeliveryWorker, createLostJobProcessor } from './pipeline/delivery/delivery-worker.js';
import { createDeadLetterQueue, type DeadLetterQueue } from './pipeline/dead-letters/dead-letter-queue.js';
import { createDeadLetterNotifier } from './pipeline/dead-letters/notify-observers.js';
import { createProcessLease } from './pipeline/record/heartbeat.js';
import { createReceiver } from './pipeline/receive.js';
import type { ActiveRun } from './pipeline/run/run-deps.js';
import { createEventBus } from './operations/event-bus.js';
import { createOperations, type OperationsView } from './operations/operations.js';
import { operationsSources } from './operations-sources.js';
import { createProcessList } from './operations/process-list.js';
import { createOperatorView } from './operator-view.js';
import { serverStatus } from './server-status.js';
import { RunningAccounts, type AccountsChange, type AccountSettings } from './running-accounts.js';
import { packageVersion } from './package-version.js';
import { systemClock, type Clock } from './ports/clock.js';
import { openTracing } from './tracing/tracing.js';
import { OrderedTimers } from './ports/ordered-timers.js';
import type { Consumer, DeferredQueue } from './ports/deferred-queue.js';
import type { Events, ServerEvent } from './ports/events.js';
import type { HttpClient } from './ports/http-client.js';
import type { Logger } from './ports/logger.js';
import type { PublicDownload } from './ports/public-download.js';
import type { StateStore } from './ports/state-store.js';
import { sleep } from './ports/sleep.js';
import { settlesWithin } from './ports/timeout.js';

/** `web` answers pushes, `worker` delivers late answers, `all` does both. */
export type Role = 'all' | 'web' | 'worker';

/** The store and the queue, as configured. */
export interface Storage {
  readonly store: StateStore;
  readonly queue: DeferredQueue;
  /** True while the journal replaces Redis. */
  degraded(): boolean;
  /** True while nothing can be stored: work that outlasts its push is refused. */
  failing(): boolean;
  /** Records and jobs that wait for Redis. Default: none. */
  spilled?(): number;
  /** Size of the journal. Default: unknown, as 0. */
  journalBytes?(): number;
  /** True while Redis may evict accepted work. Default: it does not. */
  evicts?(): boolean;
  close(): Promise<void>;
}

export interface AppOptions {
  readonly log: Logger;
  readonly handlers: LoadedHandlers;
  readonly role?: Role;
  /** Options by which tests move time and replace WeChat. */
  readonly clock?: Clock;
  readonly httpClient?: HttpClient;
  readonly download?: PublicDownload;
  /** Replaces the configured storage. Its opener closes it. */
  readonly storage?: Storage;
}

export interface App extends WebPages {
  /** The callback of an account, mountable in Express; works once the app is open, for as long as the account is configured. */
  callback(account?: string): CallbackHandler;
  /**
   * `ctx.api` of an account, by name or AppID; the first one by default: for web routes, jobs and scripts of the program
   * around the server. Works before the app is open, too. @throws RangeError
   */
  api(account?: string): HandlerApi;
  /** Token and tickets of an account, by name or AppID; the first one by default. Work before the app is open, too. */
  credentials(account?: string): TokenAccount;
  /** The dead letters. Works before the app is open, too; a redriven letter is delivered once an app is. */
  readonly deadLetters: DeadLetterQueue;
  /** Metrics, active alarms, and the troubles of the last week; the troubles also before the app is open. */
  readonly operations: OperationsView;
  /** Calls `listener` with every event of this server. Returns a function that removes the listener. */
  onEvent(listener: (event: ServerEvent) => void): () => void;
  /** Returns the accounts, with the current channel of their late answers. */
  accounts(): readonly AccountView[];
  /** Asks WeChat again whether the accounts may send. Nothing waits for the answers. */
  askRightsAgain(): void;
  /** Returns the health of WeChat's access points, as this process sees it. */
  accessPoints(): AccessPointsStatus;
  /** The public server: listening after `start()`. */
  readonly http: Server;
  /** The admin server: listening after `start()`. */
  readonly admin: Server;
  /** Replaces the handlers for future pushes; runs in progress keep theirs. */
  useHandlers(handlers: LoadedHandlers): void;
  /** Replaces the accounts for future pushes, with their secrets and web pages; runs in progress keep theirs. */
  useAccounts(settings: AccountSettings): AccountsChange;
  /** Tells the alarms that settings had faults and were not used. */
  noteReloadFailed(): void;
  /** Starts the heartbeat and the delivery, without listening. */
  open(): Promise<void>;
  /** Opens, then listens. Resolves with the ports that were taken. @throws CannotListen */
  start(): Promise<{ port: number | undefined; adminPort: number }>;
  /**
   * Not ready for `DRAIN_S`; then no new connections; running pushes get their deadline; overruns go to the queue; late work is
   * finished or given back; storage closes. Takes 10 s at most, and `DRAIN_S` before.
   */
  stop(): Promise<void>;
}

/** Limit of deliveries in progress after a stop began. */
const DRAIN_MS = 3_000;
/** Limit of the hand-off of runs; another process takes over the rest after the end of this one. */
const HAND_OFF_LIMIT_MS = 6_000;
/** Limit of writing troubles at a stop, and of a fetch of an access token; the rest is lost. */
const FLUSH_LIMIT_MS = 1_000;

/** Limit of waiting for Redis at a start, which then goes on without it. */
const REDIS_TIMEOUT_MS = 3_000;

/** Wires the parts of the server. @throws DataDirInUse @throws DataDirUnusable */
export async function createApp(config: Config, options: AppOptions): Promise<App> {
  const { log, role = 'all', clock = systemClock } = options;
  const events = createEventBus(log);
  const storage = options.storage ?? (await openStorage(config, clock, log, events));
  const { store } = storage;
  const tracing = openTracing();
  const queue = tracing?.queue(storage.queue) ?? storage.queue;
  const client = options.httpClient ?? createHttpClient(config.proxy);
  const http = tracing?.http(client) ?? client;
  const download = options.download ?? createPublicDownload({ proxy: config.proxy });
  const openStream = createHttpStreamClient(config.proxy);
  const accessPoints = createAccessPoints({ urls: config.apiBaseUrls, http, clock, log, events });
  const owner = createProcessLease({ store, clock, log });
  const activeRuns = new Map<string, ActiveRun>();

  const routerFor = (loaded: LoadedHandlers): Router => {
    const { handlers, observers } = tracing?.handlers(loaded) ?? loaded;
    return createRouter(handlers, observers, { log });
  };
  let loaded = options.handlers;
  let router = routerFor(withForwardUrl(loaded, config));
  const lent = () => running.list.map(({ services }) => services.credentials);
  const deadLetterNotifier = createDeadLetterNotifier({
    accounts: () => running.byAppId,
    router: () => router,
    log,
    events,
  });
  const recorder = openRecorder(config, clock, log);
  const deps = {
    store,
    recorder,
    queue,
    clock,
    log,
    events,
    owner,
    activeRuns,
    attemptTimers: new OrderedTimers(clock, tracing?.bind),
    onDeadLetter: deadLetterNotifier.onDeadLetter,
    activeDeliveries: new Set<string>(),
    settling: new Set<Promise<void>>(),
    router: () => router,
    ttls: recordTtlsFor(config.maxPushAgeS),
    accounts: () => running.byAppId,
    settings: { ...config, lanePatienceMs: config.lanePatienceS * 1_000 },
  };

  const loop = clock === systemClock ? monitorEventLoopLag() : undefined;
  const largeBodies = createLargeBodies();
  const trust = trustOf(config.trustProxy);
  const shared = { store, clock, log, events, http, accessPoints, download, open: openStream };
  const running: RunningAccounts = new RunningAccounts(config, {
    services: (account) => createAccountServices(account, config, shared),
    account: (account, services) => toAccount(account, services, config, shared),
    callback: (account) => callbackOf(account),
    pages: ({ credentials }, settings) => createAccountPages(credentials, settings, shared),
  });
  function callbackOf(account: Account): CallbackHandler {
    const untraced = createReceiver(account, deps);
    const receiver = tracing?.receiver(untraced, account.name) ?? untraced;
    return createCallbackHandler(receiver, {
      mode: account.secrets.mode,
      clock,
      log,
      events,
      account: account.name,
      loop,
      largeBodies,
      trust,
    });
  }

  let state: 'closed' | 'open' | 'stopping' = 'closed';
  const readiness = (): Readiness =>
    state !== 'open' || storage.failing() ? 'not-ready' : storage.degraded() ? 'degraded' : 'ready';
  const web = createWebPages(() => running.list.map(({ config: { name }, pages }) => ({ name, pages })));
  const publicServer = createPublicServer({
    handlers: () => running.callbacks,
    pages: () => running.pages,
    readiness,
    draining: () => state === 'stopping',
    trust,
    maxConnections: config.maxConnections,
    log,
    events,
  });
  const letters = createDeadLetterQueue(deps);
  const sources = operationsSources({
    config,
    storage,
    accessPoints,
    clock,
    apiOf: (account) => running.find(account).services.asking,
    recordingFailed: () => recorder?.failed() === true,
  });
  const operations = createOperations({
    settings: { metrics: config.metrics.enabled, alarms: config.alarms },
    version: packageVersion(),
    accounts: () => running.list.map(({ config: account }) => account),
    sources,
    isListed: (path) => path in OFFICIAL_NAMES,
    events,
    store,
    http,
    clock,
    log,
  });
  const accountViews = (): readonly AccountView[] =>
    running.list.map(({ account: { name, appId, secrets, deliveryPolicy } }) => ({
      name,
      appId,
      cipherMode: secrets.mode,
      lateReply: deliveryPolicy.view(),
    }));
  const status = serverStatus({
    config,
    role,
    readiness,
    isOpen: () => state === 'open',
    queue,
    deadLetters: () => deadLetterNotifier.counts(),
    accounts: accountViews,
    configOf: (account) => running.find(account).config,
    tokenOf: (account) => credentialsOf(account).tokens.status(),
    callbackDay: (account) => running.find(account).services.callbackDay(),
    accessPoints: () => accessPoints.status(),
    routes: () => router.table(),
    storage: sources.storage,
    freeBytes: sources.freeBytes,
    operations,
  });
  const processes = createProcessList({
    self: { id: owner.id, role, version: packageVersion() },
    isShared: config.redis !== undefined,
    store,
    clock,
  });
  const live = createOperatorView({
    status,
    operations,
    letters,
    countDeadLetters: sources.deadLetters,
    processes,
    events,
    clock,
  });
  const guesses = createKeyGuesses(clock, log);
  const gatewayRoutes =
    config.gateway &&
    createGatewayRoutes({
      ...config.gateway,
      accounts: () =>
        running.list.map(({ services: { credentials, gateway } }) => ({ ...credentials, gateway })),
      key: config.admin.key,
      guesses,
      clock,
      log,
    });
  const adminServer = createAdminServer({
    key: config.admin.key,
    letters,
    status,
    tokenRoutes: createTokenRoutes({ accounts: lent, key: config.admin.key, guesses, clock, log }),
    gateway: gatewayRoutes,
    operations,
    metricsKey: config.metrics.key,
    guesses,
    live,
    trust,
    clock,
    log,
  });
  let consumer: Consumer | undefined;

  function renewRouter(): void {
    const accounts = running.list.map(({ config: account }) => account);
    router = routerFor(withForwardUrlStill(loaded, { ...config, accounts }, log));
  }

  const credentialsOf = (account: string | undefined): TokenAccount =>
    running.find(account).services.credentials;

  async function open(): Promise<void> {
    if (state !== 'closed') return;
    state = 'open';
    await owner.start();
    await running.start();
    accessPoints.start();
    operations.start();
    if (role !== 'worker') recorder?.start();
    processes.start();
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
      const {
        config: { name: own },
      } = running.find(name);
      return (request, response, next) => {
        const account = running.list.find(({ config: { name: each } }) => each === own);
        if (account !== undefined) account.callback(request, response, next);
        else if (next !== undefined) next();
        else response.writeHead(404, { 'Content-Length': '0' }).end();
      };
    },
    api(wanted) {
      const { tokens: _tokens, ...api } = running.find(wanted).services.api;
      return api;
    },
    credentials: credentialsOf,
    ...web,
    deadLetters: letters,
    operations,
    onEvent: (listener) => events.listen(listener),
    accounts: accountViews,
    askRightsAgain() {
      for (const { services } of running.list) void services.deliveryPolicy.askAgain();
    },
    accessPoints: () => accessPoints.status(),
    useHandlers(next) {
      loaded = next;
      renewRouter();
    },
    useAccounts(settings) {
      const change = running.use(settings);
      renewRouter();
      events.emit({ type: 'settings.reloaded', result: 'ok', removed: change.removed });
      return change;
    },
    noteReloadFailed: () => events.emit({ type: 'settings.reloaded', result: 'failed', removed: [] }),
    open,
    async start() {
      await open();
      const [adminPort = 0, port] = await listenAll([
        { server: adminServer, ...config.admin, portName: 'ADMIN_PORT' },
        ...(role === 'worker' ? [] : [{ server: publicServer, ...config.public, portName: 'PORT' as const }]),
      ]);
      return { port, adminPort };
    },
    async stop() {
      if (state === 'stopping') return;
      state = 'stopping';
      if (publicServer.listening && config.drainMs > 0) await sleep(systemClock, config.drainMs);
      live.close();
      // Every waiting attempt ends by its deadline, so this ends, too.
      await Promise.all([closeServer(publicServer), closeServer(adminServer)]);
      await waitFor(handOffAll(deps, consumer, DRAIN_MS), HAND_OFF_LIMIT_MS);
      const fetches = running.stop();
      accessPoints.stop();
      const written = [operations.stop(), processes.stop(), recorder?.close()];
      await waitFor(Promise.all([...written, fetches]), FLUSH_LIMIT_MS);
      owner.stop();
      loop?.stop();
      if (options.storage === undefined) await storage.close();
    },
  };
}

function openRecorder({ recording }: Config, clock: Clock, log: Logger): FileRecorder | undefined {
  const { dir } = recording;
  return dir === undefined ? undefined : createFileRecorder({ ...recording, dir, clock, log });
}

/** Waits in real time, as a process manager does: a store that hangs must not keep the process. */
async function waitFor(work: Promise<unknown>, limitMs: number): Promise<void> {
  if (await settlesWithin(systemClock, work, limitMs)) await work;
}

async function openStorage(config: Config, clock: Clock, log: Logger, events: Events): Promise<Storage> {
  if (config.redis === undefined) {
    const files = await openFileAdapters({ dir: config.dataDir, clock, log });
    return { ...files, degraded: () => false };
  }
  // Loaded only with Redis: BullMQ would be most of the code that the process reads at start.
  const { openFallback } = await import('./adapters/fallback/fallback.js');
  const { openRedisAdapters } = await import('./adapters/redis/redis-adapters.js');
  const remote = openRedisAdapters({ ...config.redis, clock, log });
  // An unavailable Redis is not an error here: the journal replaces it.
  await remote.ready(REDIS_TIMEOUT_MS).catch(async (error: unknown) => {
    await remote.close(); // its connections would keep the process
    throw error;
  });
  const fallback = await openFallback({
    remote,
    dir: config.dataDir,
    openLocal: (dir) => openFileAdapters({ dir, clock, log }),
    clock,
    log,
    events,
  });
  return { ...fallback, evicts: () => remote.store.evicts() };
}
