import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openFileAdapters, type FileAdapters } from '../../src/adapters/file/file-adapters.js';
import { createHttpClient } from '../../src/adapters/http/http-client.js';
import { openRedisAdapters } from '../../src/adapters/redis/redis-adapters.js';
import { openFallback } from '../../src/adapters/fallback/fallback.js';
import { createApp, type Storage } from '../../src/app.js';
import { namedHandlers } from '../../src/embed.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Logger } from '../../src/ports/logger.js';
import { pass } from '../support/time/eventually.js';
import { captureLog, type LogLine } from '../support/app/handler-runtime.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { startBalancer } from '../sandbox/support/balancer.js';
import {
  startSeverableConnection,
  type SeverableConnection,
} from '../sandbox/support/severable-connection.js';
import { openVirtualTimeDelays, type VirtualTimeDelays } from '../sandbox/support/virtual-time-queue.js';
import { countWork, countPending, type PendingCount } from '../sandbox/support/count-pending.js';
import { soakHandler, type Load } from './handlers.js';
import { configOf, moving, open, type CallbackTraffic, type Ground, type SoakServers } from './servers.js';

/** As long as BullMQ takes to see that a worker is gone, and then some. In real time. */
const FOUND_WITHIN_MS = 20_000;
const RISES_AFTER_MS = 15_000;

/** Two servers on one Redis, behind one address. */
export async function startPair(ground: Ground): Promise<SoakServers> {
  const { sandbox, clock } = ground;
  const redis = await RedisServer.start({ fsync: 'no' });
  const delays = openVirtualTimeDelays({ url: redis.url, clock });
  const dir = await mkdtemp(join(tmpdir(), 'week-'));
  const lines: LogLine[] = [];
  const callbackTraffic: CallbackTraffic = { requests: 0, answers: 0 };
  const parts: Parts = { ground, redis, delays, lines, dir, callbackTraffic };
  const current = await Promise.all([startOne(parts), startOne(parts)]);
  const all = [...current];
  const targets = current.map(({ url }) => url);
  const balancer = await startBalancer(targets);
  sandbox.state.changeAccount({ target: balancer.url });
  let deaths = 0;
  let rising: Promise<void> | undefined;

  /** Waits until the work of the dead process was found. It takes real time, while the moved clock stops. */
  async function orphansFound(): Promise<void> {
    const untilMs = Date.now() + FOUND_WITHIN_MS;
    while (delays.orphans() > 0 && Date.now() < untilMs) await pass(50);
  }

  return {
    log: lines,
    callbackTraffic,
    underWay: () => current.reduce((sum, { load }) => sum + load.underWay, 0),
    dueWithin: (ms) => delays.dueWithin(ms),
    pending: () => current.reduce((sum, { tally }) => sum + tally.pending, 0),
    async pulse() {
      await rising;
      await orphansFound();
      await Promise.all(current.map((one) => one.ping()));
    },
    waiting: () => current[0].storage.queue.size(),
    store: () => current[0].storage.store,
    die() {
      const [place, other] = deaths % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
      deaths += 1;
      current[place].die();
      // A balancer that is refused goes to the next one.
      targets[place] = current[other].url;
      clock.schedule(RISES_AFTER_MS, () => {
        rising = startOne(parts).then((fresh) => {
          all.push(fresh);
          current[place] = fresh;
          targets[place] = fresh.url;
        });
      });
    },
    async stop(step) {
      await balancer.stop();
      for (const one of all) await moving(step, one.stop());
      await delays.close();
      await redis.stop();
      await rm(dir, { recursive: true });
    },
  };
}

interface Parts {
  readonly ground: Ground;
  readonly redis: RedisServer;
  readonly delays: VirtualTimeDelays;
  readonly lines: LogLine[];
  readonly dir: string;
  readonly callbackTraffic: CallbackTraffic;
}

async function startOne({ ground, redis, delays, lines, dir, callbackTraffic }: Parts) {
  const { clock: shared, userSteps, diary } = ground;
  const link: SeverableConnection = await startSeverableConnection(redis.port);
  const url = `redis://127.0.0.1:${link.port}`;
  let isAlive = true;
  let abandoned: Promise<void> | undefined;
  const clock: Clock = {
    now: () => shared.now(),
    schedule: (delayMs, run, options) => shared.schedule(delayMs, () => isAlive && run(), options),
  };
  const log = { ...captureLog(lines), debug: () => {} };
  const load: Load = { underWay: 0 };
  const tally: PendingCount = { pending: 0 };
  const ownDir = await mkdtemp(join(dir, 'server-'));
  const http = createHttpClient();
  const storage = await openStorage({ url, dir: ownDir, clock, log, delays });
  const pulse = new Redis(url, { maxRetriesPerRequest: 0 });
  pulse.on('error', () => {});
  const app = await createApp(configOf(ground, { DATA_DIR: ownDir, REDIS_URL: url }), {
    log,
    clock,
    handlers: namedHandlers({ week: soakHandler({ clock, userSteps, diary, load }) }),
    // The dead send nothing.
    httpClient: (request) => (isAlive ? countWork(http(request), tally) : new Promise(() => {})),
    storage: {
      ...storage,
      store: countPending(storage.store, tally),
      queue: countPending(storage.queue, tally),
    },
  });
  return {
    url: await open(app, callbackTraffic),
    load,
    /** Of the living only: the dead have asked, and nobody waits for the answer. */
    tally: {
      get pending() {
        return isAlive ? tally.pending : 0;
      },
    },
    storage,
    async ping() {
      if (isAlive) await pulse.ping().catch(() => {});
    },
    /** As in a crash: no timer fires any more, all connections are gone. */
    die() {
      isAlive = false;
      load.underWay = 0;
      pulse.disconnect();
      link.sever();
      app.http.close();
      app.http.closeAllConnections();
      // Only so that it does not knock at Redis for ever: nothing gets through.
      abandoned = storage.abandon();
    },
    async stop() {
      pulse.disconnect();
      if (isAlive) {
        await app.stop();
        await storage.close();
      }
      await abandoned;
      await storage.closeFiles();
      await link.stop();
    },
  };
}

/** As the configuration would choose it, but for the delays of the queue. */
async function openStorage(options: {
  readonly url: string;
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly delays: VirtualTimeDelays;
}): Promise<Storage & { abandon(): Promise<void>; closeFiles(): Promise<void> }> {
  const { url, dir, clock, log, delays } = options;
  const remote = openRedisAdapters({ url, clock, log });
  await remote.ready(5_000);
  const files: FileAdapters[] = [];
  const queue = delays.wrap(remote.queue);
  const spill = await openFallback({
    remote: { store: remote.store, queue, close: () => remote.close() },
    dir,
    async openLocal(folder) {
      const opened = await openFileAdapters({ dir: folder, clock, log });
      files.push(opened);
      return opened;
    },
    clock,
    log,
  });
  return {
    ...spill,
    async abandon() {
      queue.abandon();
      await remote.close();
    },
    async closeFiles() {
      await Promise.all(files.map((opened) => opened.close()));
    },
  };
}
