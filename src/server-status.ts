import { resolve } from 'node:path';
import { secretFingerprint } from './crypto/fingerprint.js';
import type { AccessPointsStatus } from './api/access-points/access-points.js';
import type { CallbackDay } from './api/callback-figures.js';
import type { TokenStatus } from './api/token-keeper.js';
import type { AccountConfig, Config } from './config/config.js';
import type { Readiness } from './http/public-server.js';
import type { RouteRow } from './handler-runtime/router.js';
import type { OperationsView } from './operations/operations.js';
import { packageVersion } from './package-version.js';
import type { AccountView } from './pipeline/account.js';
import type { DeferredQueue } from './ports/deferred-queue.js';

/** Sources of `GET /status`. */
export interface StatusSources {
  readonly config: Pick<Config, 'redis' | 'dataDir'>;
  readonly role: 'all' | 'web' | 'worker';
  readonly readiness: () => Readiness;
  /** False before the app is open and while it stops. */
  readonly isOpen: () => boolean;
  readonly queue: Pick<DeferredQueue, 'counts'>;
  /** Number of dead letters of this process since its start, by reason. */
  readonly deadLetters: () => Readonly<Record<string, number>>;
  readonly accounts: () => readonly AccountView[];
  readonly configOf: (account: string) => AccountConfig;
  readonly tokenOf: (account: string) => Promise<TokenStatus>;
  /** WeChat's own count of yesterday's pushes, where it is known. */
  readonly callbackDay: (account: string) => CallbackDay | undefined;
  readonly accessPoints: () => AccessPointsStatus;
  readonly routes: () => readonly RouteRow[];
  readonly storage: () => {
    readonly degraded: boolean;
    readonly failing: boolean;
    readonly spilledRecords: number;
    readonly journalBytes: number;
  };
  /** Free bytes on the file system of DATA_DIR. */
  readonly freeBytes: () => Promise<number>;
  readonly operations: OperationsView;
}

/** Builds the response of `GET /status`. A source that fails becomes `null` (docs/operations.md). */
export function serverStatus(deps: StatusSources): () => Promise<object> {
  const { config, operations } = deps;

  return async () => {
    const [lateWork, accounts, freeBytes] = await Promise.all([
      deps.queue.counts().catch(() => null),
      Promise.all(deps.accounts().map(accountStatus)),
      deps.freeBytes().catch(() => null),
    ]);
    const { degraded, failing, spilledRecords, journalBytes } = deps.storage();
    return {
      status: deps.readiness(),
      why: why(deps.isOpen(), degraded, failing),
      uptimeS: Math.round(process.uptime()),
      version: packageVersion(),
      process: { id: process.pid, role: deps.role, node: process.version },
      accounts,
      storage: {
        kind: config.redis === undefined ? 'journal' : 'redis',
        dataDir: resolve(config.dataDir),
        degraded,
        failing,
        ...isoAt('since', operations.activity.storageSinceMs()),
        spilledRecords,
        journalBytes,
        freeBytes,
      },
      lateWork,
      waitingJobs: lateWork && lateWork.waiting + lateWork.delayed + lateWork.active,
      deadLetters: deps.deadLetters(),
      accessPoints: deps.accessPoints(),
      handlers: handlerStatus(deps.routes(), operations),
      refusals: operations.activity.refusals(),
      probes: operations.activity.probes(),
      alarms: operations.alarms.inForce(),
      routes: deps.routes(),
    };
  };

  async function accountStatus(view: AccountView): Promise<object> {
    const account = deps.configOf(view.name);
    const token = await deps.tokenOf(view.name).catch(() => null);
    const callbacksByWechat = deps.callbackDay(view.name);
    return {
      ...view,
      path: account.path,
      token,
      ...(callbacksByWechat !== undefined && { callbacksByWechat }),
      ...isoAt('lastAcceptedAt', operations.activity.acceptedAtMs(view.name)),
      fingerprints: fingerprintsOf(account),
    };
  }
}

/**
 * Returns fingerprints of the secrets, current ones first, by which `doctor` compares the running server with a
 * configuration.
 */
export function fingerprintsOf({ appId, tokens, encodingAesKeys, appSecret }: AccountConfig): {
  readonly token: readonly string[];
  readonly aesKey: readonly string[];
  readonly appSecret?: string;
} {
  return {
    token: tokens.map((token) => secretFingerprint('token', appId, token)),
    aesKey: encodingAesKeys.map((key) => secretFingerprint('aes-key', appId, key)),
    ...(appSecret !== undefined && { appSecret: secretFingerprint('app-secret', appId, appSecret) }),
  };
}

function why(isOpen: boolean, degraded: boolean, failing: boolean): string {
  if (!isOpen) return 'starting or stopping';
  if (failing) return 'nothing can be stored: neither Redis nor the journal';
  return degraded ? 'the journal stands in for Redis, or is being written back' : 'all is well';
}

function handlerStatus(routes: readonly RouteRow[], operations: OperationsView): readonly object[] {
  const figures = new Map(operations.handlers.figures().map((figure) => [figure.name, figure]));
  const names = new Set(routes.filter(({ type }) => type === 'handler').map(({ name }) => name));
  return [...names].map((name) => ({
    name,
    on: routes.filter((row) => row.name === name && row.type === 'handler').map(({ on }) => on),
    ...(figures.get(name) ?? { calls: 0, errors: 0 }),
  }));
}

const isoAt = (name: string, atMs: number | undefined): object =>
  atMs === undefined ? {} : { [name]: new Date(atMs).toISOString() };
