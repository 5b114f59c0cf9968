import { expect } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileAdapters } from '../../../src/adapters/file/file-adapters.js';
import { withSafeErrors } from '../../../src/adapters/log/safe-errors.js';
import { NOBODY } from '../../../src/api/send-permission.js';
import { createApp, type App, type Storage } from '../../../src/app.js';
import { readConfig } from '../../../src/config/config.js';
import { namedHandlers, type HandlersByName } from '../../../src/embed.js';
import { listen } from '../../../src/http/listen.js';
import type { DeferredQueue } from '../../../src/ports/deferred-queue.js';
import type { Clock } from '../../../src/ports/clock.js';
import { httpResponse, type HttpClient, type HttpRequest } from '../../../src/ports/http-client.js';
import { eventually } from '../time/eventually.js';
import { captureLog, type LogLine } from './handler-runtime.js';
import { ManualClock } from '../time/manual-clock.js';
import { permissionKnown } from './permission-known.js';
import { FIXTURE_SETTINGS } from '../wechat/fixture-settings.js';

export { FIXTURE_SETTINGS };

/** The time at which the fixtures were signed. */
export const FIXTURE_TIME_MS = 1_736_670_151_000;

/** Text that users type in these tests. No log line may contain it. */
export const USER_TEXT = '只有用户知道的话';

const ACCESS_TOKEN = 'ACCESS-TOKEN-OF-THE-TESTS';

export interface TestAppOptions {
  readonly handlers?: HandlersByName;
  /** Overrides `FIXTURE_SETTINGS`, whose mode is plaintext. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Overrides parts of the embedded storage, which is opened in a directory of its own. */
  readonly storage?: Partial<Pick<Storage, 'store' | 'queue' | 'degraded' | 'failing'>>;
  readonly clock?: Clock;
  /** Makes the requests to FORWARD_URL. Default: they are answered as WeChat's API. */
  readonly backend?: HttpClient;
}

export interface TestApp {
  /** Listens on loopback, for supertest and plain sockets. */
  readonly http: Server;
  readonly port: number;
  readonly app: App;
  readonly queue: DeferredQueue;
  /** Waits, in real time, until so many jobs are durable on the disk. */
  jobsPut(count: number): Promise<void>;
  readonly clock: ManualClock;
  /** All log lines from debug up, bound fields included. */
  readonly lines: LogLine[];
  /** The reasons of the refusals so far. */
  reasons(): unknown[];
  /** Requests to WeChat's API, apart from token fetches. */
  readonly sent: unknown[];
  /** Stops the app and removes its directory. @throws if the log contains a secret or a user's text */
  close(): Promise<void>;
}

/** Creates the whole application with a manual clock, an embedded store in a directory of its own, and no WeChat. */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const dir = await mkdtemp(join(tmpdir(), 'wechat-callback-'));
  const clock = new ManualClock(FIXTURE_TIME_MS);
  const time = options.clock ?? clock;
  const kept = captureLog();
  const sent: unknown[] = [];
  const config = readConfig({
    ...FIXTURE_SETTINGS,
    WECHAT_CIPHER_MODE: 'plaintext',
    DATA_DIR: dir,
    ADMIN_PORT: '0',
    ...options.settings,
  });
  const log = withSafeErrors(kept, { whole: config.logThrownMessages });
  const files = await openFileAdapters({ dir, clock: time, log });
  const storage = { ...files, degraded: () => false, ...options.storage };
  let puts = 0;
  const queue = countPuts(storage.queue, () => (puts += 1));
  const app = await createApp(config, {
    log,
    clock: time,
    handlers: namedHandlers(options.handlers ?? {}),
    httpClient: (request) =>
      options.backend !== undefined && request.url.startsWith(config.accounts[0]?.forward?.url ?? 'none')
        ? options.backend(request)
        : Promise.resolve(httpResponse(200, JSON.stringify(answer(request, sent)))),
    storage: { ...storage, queue },
  });
  await app.open();
  await permissionKnown(app);
  const port = await listen(app.http, { host: '127.0.0.1', port: 0, portName: 'PORT' });
  return {
    app,
    queue,
    jobsPut: (count) => eventually(() => expect(puts).toBeGreaterThanOrEqual(count)),
    http: app.http,
    port,
    clock,
    lines: kept.lines,
    sent,
    reasons: () =>
      kept.lines.flatMap(({ fields }) => (fields['reason'] === undefined ? [] : [fields['reason']])),
    async close() {
      await app.stop();
      await files.close();
      await rm(dir, { recursive: true });
      assertSilence(kept.lines.map((line) => JSON.stringify(line)));
    },
  };
}

function countPuts(queue: DeferredQueue, onKept: () => void): DeferredQueue {
  return {
    put: (job, options) => queue.put(job, options).then(onKept),
    promote: (id) => queue.promote(id),
    remove: (id) => queue.remove(id),
    size: () => queue.size(),
    counts: () => queue.counts(),
    consume: (work, options) => queue.consume(work, options),
    close: () => queue.close(),
  };
}

function answer({ url, body }: HttpRequest, sent: unknown[]): object {
  if (/\/(stable_)?token\b/.test(url)) return { access_token: ACCESS_TOKEN, expires_in: 7200 };
  if (url.includes('/cgi-bin/getcallbackip')) return { errcode: 41001, errmsg: 'access_token missing' };
  const sending: unknown = JSON.parse(body ?? '{}');
  if (url.includes('/custom/typing') && Object(sending).touser === NOBODY)
    return { errcode: 40003, errmsg: 'invalid openid' };
  sent.push(sending);
  return { errcode: 0, errmsg: 'ok' };
}

/** Fails if a line holds a secret, a signature or a user's text. */
export function assertSilence(lines: readonly string[]): void {
  const secrets = [
    FIXTURE_SETTINGS.WECHAT_APP_SECRET,
    FIXTURE_SETTINGS.WECHAT_TOKEN,
    FIXTURE_SETTINGS.WECHAT_ENCODING_AES_KEY,
    FIXTURE_SETTINGS.WECHAT_PREVIOUS_ENCODING_AES_KEY,
    ACCESS_TOKEN,
    USER_TEXT,
  ];
  const isSignature = /(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])/i;
  const telling = lines.filter(
    (line) => isSignature.test(line) || secrets.some((secret) => line.includes(secret)),
  );
  if (telling.length > 0) throw new Error(`The log holds what it must not:\n${telling.join('\n')}`);
}
