import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileAdapters } from '../../src/adapters/file/file-adapters.js';
import { createHttpClient } from '../../src/adapters/http/http-client.js';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config/config.js';
import { namedHandlers } from '../../src/embed.js';
import { allowHalfOpen } from '../../src/http/allow-half-open.js';
import { closeServer, listen } from '../../src/http/listen.js';
import { HttpFailure, httpResponse } from '../../src/ports/http-client.js';
import { StoreUnavailable } from '../../src/ports/state-store.js';
import { consoleForm } from '../../src/sandbox/http-api/console-form.js';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import type { AccountKind, Exchange } from '../../src/sandbox/types/types.js';
import { captureLog } from '../support/app/handler-runtime.js';
import { countPending, countWork, type PendingCount } from '../sandbox/support/count-pending.js';
import { VirtualClock } from '../soak/clock.js';
import { moving, type CallbackTraffic } from '../soak/servers.js';
import { TimeDriver } from '../soak/time-driver.js';
import { handlersOf } from './handlers.js';

const WEBHOOK = 'https://hooks.example.com/alarms';
const SECOND = 1_000;

/** What the operator's webhook was posted. */
export interface Posted {
  readonly alarm: string;
  readonly phase: string;
  readonly about?: string;
  readonly atMs: number;
}

/** Stands between WeChat and the server, as a proxy does. `pass` gives the request on. */
export type Front = (request: IncomingMessage, response: ServerResponse, pass: () => void) => void;

export interface StationOptions {
  readonly kind?: AccountKind;
  readonly mode?: 'plaintext' | 'safe';
  readonly settings?: Readonly<Record<string, string>>;
}

/** A whole server between the sandbox's two sides, on one moved clock, and everything that anybody is alarmed by. */
export interface Station {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  readonly startedAtMs: number;
  /** Ours, as the webhook got them. */
  readonly posted: readonly Posted[];
  /** When the sandbox raised WeChat's alarm, by its own count. */
  readonly platform: readonly number[];
  /** When an answer became a dead letter. */
  readonly lost: readonly number[];
  readonly exchanges: readonly Exchange[];
  front: Front;
  /** While true, nothing can be stored. */
  diskRefuses: boolean;
  /** While true, no access point of the API takes a connection. */
  apiAway: boolean;
  /** While true, Redis is away and the journal stands in for it. */
  redisAway: boolean;
  /** One text of a follower of his own, who does not wait for the answer. */
  type(content: string, follower?: string): void;
  /** Texts at regular intervals, until `enough`, or so many. */
  keepTyping(
    content: string,
    traffic: { readonly everyMs: number; readonly most: number; readonly enough?: () => boolean },
  ): Promise<void>;
  pass(ms: number): Promise<void>;
  /** WeChat finds nobody at the callback's address any more. */
  cutOff(): void;
  stop(): Promise<void>;
}

export async function startStation({
  kind = 'service-verified',
  mode = 'plaintext',
  settings = {},
}: StationOptions = {}): Promise<Station> {
  const clock = new VirtualClock();
  const sandbox = createSandbox({ port: 0, clock, account: { kind, mode } });
  await sandbox.start();
  const dir = await mkdtemp(join(tmpdir(), 'alarms-'));
  const log = captureLog();
  const tally: PendingCount = { pending: 0 };
  const callbackTraffic: CallbackTraffic = { requests: 0, answers: 0 };
  const posted: Posted[] = [];
  const platform: number[] = [];
  const lost: number[] = [];
  const exchanges: Exchange[] = [];
  const files = await openFileAdapters({ dir, clock, log });
  const http = createHttpClient();
  const { environment } = consoleForm(sandbox.state.account(), sandbox.accessPoints());
  const { load, handlers } = handlersOf(clock);
  const config = readConfig({
    ...environment,
    DATA_DIR: dir,
    ADMIN_PORT: '0',
    ALARM_WEBHOOK_URLS: WEBHOOK,
    ...settings,
  });
  const unlessDiskRefuses = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name, object);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (station.diskRefuses) return Promise.reject(new StoreUnavailable('the disk refuses'));
          return Reflect.apply(value, object, args);
        };
      },
    });
  const app = await createApp(config, {
    log,
    clock,
    handlers: namedHandlers(handlers),
    httpClient(request) {
      if (request.url !== WEBHOOK) {
        if (station.apiAway) return Promise.reject(new HttpFailure('refused', { sent: false }));
        return countWork(http(request), tally);
      }
      const { alarm, phase, about }: Posted = JSON.parse(request.body ?? '{}');
      posted.push({ alarm, phase, ...(about !== undefined && { about }), atMs: clock.now() });
      return Promise.resolve(httpResponse(200, ''));
    },
    storage: {
      ...files,
      store: countPending(unlessDiskRefuses(files.store), tally),
      queue: countPending(files.queue, tally),
      degraded: () => station.redisAway,
      failing: () => station.diskRefuses,
    },
  });
  app.onEvent((event) => {
    if (event.type === 'dead-letter.stored') lost.push(clock.now());
  });
  sandbox.state.bus.listen((event) => {
    if (event.event === 'mark-fail' && event.data.blockedUntilMs !== undefined) platform.push(clock.now());
  });
  await app.open();
  const front = allowHalfOpen(
    createServer((request, response) => {
      callbackTraffic.requests += 1;
      // An answer to a sender that has gone is on its way to nobody.
      response.once('finish', () => {
        if (!request.socket.readableEnded) callbackTraffic.answers += 1;
      });
      station.front(request, response, () => app.http.emit('request', request, response));
    }),
  );
  const port = await listen(front, { host: '127.0.0.1', port: 0, portName: 'PORT' });
  sandbox.state.changeAccount({ target: `http://127.0.0.1:${port}/wechat` });
  const time = new TimeDriver({
    clock,
    sandbox,
    servers: {
      callbackTraffic,
      underWay: () => load.underWay,
      dueWithin: (ms) =>
        [...files.queue.waiting()].filter(({ notBeforeMs }) => notBeforeMs < clock.now() + ms).length,
      pending: () => tally.pending,
      pulse: () => Promise.resolve(),
    },
    happened: () => log.lines.length,
    // The rules look at the time every ten seconds.
    quietMs: 10 * SECOND,
  });
  let typed = 0;

  const station: Station = {
    sandbox,
    clock,
    startedAtMs: clock.now(),
    posted,
    platform,
    lost,
    exchanges,
    front: (_request, _response, pass) => pass(),
    diskRefuses: false,
    redisAway: false,
    apiAway: false,
    type(content, follower = `oAlarm${(typed += 1)}`) {
      const request = { follower, kind: 'message.text', fields: { Content: content } };
      for (const done of time.push(request)) void done.then((exchange) => exchanges.push(exchange));
    },
    async keepTyping(content, { everyMs, most, enough = () => false }) {
      for (let count = 0; count < most && !enough(); count += 1) {
        station.type(content);
        await time.arrive();
        await time.moveTo(clock.now() + everyMs);
      }
    },
    pass: (ms) => time.moveTo(clock.now() + ms),
    cutOff() {
      front.close();
      front.closeAllConnections();
    },
    async stop() {
      await moving(() => time.step(), app.stop());
      if (front.listening) await closeServer(front);
      await files.close();
      await sandbox.stop();
      await rm(dir, { recursive: true });
    },
  };
  return station;
}
