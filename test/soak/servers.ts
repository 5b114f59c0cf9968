import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileAdapters } from '../../src/adapters/file/file-adapters.js';
import { createHttpClient } from '../../src/adapters/http/http-client.js';
import { createApp, type App } from '../../src/app.js';
import { readConfig, type Config } from '../../src/config/config.js';
import { namedHandlers } from '../../src/embed.js';
import { listen } from '../../src/http/listen.js';
import type { Clock } from '../../src/ports/clock.js';
import type { StateStore } from '../../src/ports/state-store.js';
import { consoleForm } from '../../src/sandbox/http-api/console-form.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { captureLog, type LogLine } from '../support/app/handler-runtime.js';
import { countWork, countPending, type PendingCount } from '../sandbox/support/count-pending.js';
import { soakHandler, type HandlerDiary, type Load } from './handlers.js';
import type { UserStep } from './traffic.js';

/** The servers of a week, as the story sees them. */
export interface SoakServers {
  readonly log: readonly LogLine[];
  readonly callbackTraffic: CallbackTraffic;
  /** Handlers that run in living processes. */
  underWay(): number;
  /** Late work that is due within that time, or being done. */
  dueWithin(ms: number): number;
  /** Number of calls of living processes to store, queue and API that are unanswered. */
  pending(): number;
  /** A question to everything outside: what was asked for before has been answered when this is. */
  pulse(): Promise<void>;
  /** Late work that is left. */
  waiting(): Promise<number>;
  store(): StateStore;
  /** One process dies, as by SIGKILL; after a while another one starts in its place. */
  die?(): void;
  /** @param step  moves the clock: those who stop wait for timers, too */
  stop(step: () => Promise<void>): Promise<void>;
}

/** Requests that reached a door so far, and answers that have left it. */
export interface CallbackTraffic {
  requests: number;
  answers: number;
}

export interface Ground {
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly userSteps: ReadonlyMap<number, UserStep>;
  readonly diary: HandlerDiary;
  readonly settings: Readonly<Record<string, string>>;
}

/** One server on the embedded store. */
export async function startEmbedded(ground: Ground): Promise<SoakServers> {
  const { sandbox, clock, userSteps, diary } = ground;
  const dir = await mkdtemp(join(tmpdir(), 'week-'));
  const log = captureLog();
  const load: Load = { underWay: 0 };
  const tally: PendingCount = { pending: 0 };
  const callbackTraffic: CallbackTraffic = { requests: 0, answers: 0 };
  const files = await openFileAdapters({ dir, clock, log });
  const http = createHttpClient();
  const app = await createApp(configOf(ground, { DATA_DIR: dir }), {
    log,
    clock,
    handlers: namedHandlers({ week: soakHandler({ clock, userSteps, diary, load }) }),
    httpClient: (request) => countWork(http(request), tally),
    storage: {
      ...files,
      store: countPending(files.store, tally),
      queue: countPending(files.queue, tally),
      degraded: () => false,
    },
  });
  sandbox.state.changeAccount({ target: await open(app, callbackTraffic) });
  return {
    log: log.lines,
    callbackTraffic,
    underWay: () => load.underWay,
    dueWithin(ms) {
      const soon = clock.now() + ms;
      return [...files.queue.waiting()].filter(({ notBeforeMs }) => notBeforeMs < soon).length;
    },
    pending: () => tally.pending,
    pulse: () => Promise.resolve(),
    waiting: () => files.queue.size(),
    store: () => files.store,
    async stop(step) {
      await moving(step, app.stop());
      await files.close();
      await rm(dir, { recursive: true });
    },
  };
}

export function configOf({ sandbox, settings }: Ground, more: Readonly<Record<string, string>>): Config {
  const { environment } = consoleForm(sandbox.state.account(), sandbox.accessPoints());
  return readConfig({ ...environment, ADMIN_PORT: '0', ...more, ...settings });
}

/** Opens a server and its door. Resolves with the callback's address. */
export async function open(app: App, callbackTraffic: CallbackTraffic): Promise<string> {
  await app.open();
  app.http.on('request', (_request, response) => {
    callbackTraffic.requests += 1;
    response.once('finish', () => (callbackTraffic.answers += 1));
  });
  const port = await listen(app.http, { host: '127.0.0.1', port: 0, portName: 'PORT' });
  return `http://127.0.0.1:${port}/wechat`;
}

/** Moves the clock until something has ended. */
export async function moving(step: () => Promise<void>, ending: Promise<void>): Promise<void> {
  const left = new Set([ending]);
  const over = ending.finally(() => left.clear());
  while (left.size > 0) await step();
  await over;
}
