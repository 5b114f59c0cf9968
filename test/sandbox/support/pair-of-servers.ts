import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createApp, type App } from '../../../src/app.js';
import { readConfig } from '../../../src/config/config.js';
import { namedHandlers } from '../../../src/embed.js';
import { listen } from '../../../src/http/listen.js';
import { defineHandler, type Handler } from '../../../src/index.js';
import type { Clock } from '../../../src/ports/clock.js';
import { consoleForm } from '../../../src/sandbox/http-api/console-form.js';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import type { Account } from '../../../src/sandbox/types/types.js';
import { eventually } from '../../support/time/eventually.js';
import { captureLog, type LogLine } from '../../support/app/handler-runtime.js';
import type { ManualClock } from '../../support/time/manual-clock.js';
import { RedisServer } from '../../support/processes/redis-server.js';
import { startBalancer, type Balancer } from './balancer.js';
import { startSeverableConnection, type SeverableConnection } from './severable-connection.js';
import { calm, startDrivenSandbox } from './driven-sandbox.js';

const STEP_MS = 250;

/** Two whole servers in this process, on one Redis, behind one address that the sandbox pushes to. */
export interface PairOfServers {
  readonly sandbox: Sandbox;
  readonly balancer: Balancer;
  /** Every run of a handler, by the index of its server: `0 handle slow 1000`. */
  readonly runs: readonly string[];
  stop(): Promise<void>;
}

/** Starts everything. The clock of all moves only while a scenario waits, and only when Redis has answered. */
export async function startPairOfServers(account: Partial<Account> = {}): Promise<PairOfServers> {
  const redis = await RedisServer.start({ fsync: 'no' });
  const pulse = new Redis(redis.url);
  const { sandbox, clock } = await startDrivenSandbox({ account, drive });
  const dir = await mkdtemp(join(tmpdir(), 'pair-'));
  const runs: string[] = [];
  const servers = await Promise.all(
    [0, 1].map((index) => startServer({ index, sandbox, clock, redis, dir, runs })),
  );
  const balancer = await startBalancer(servers.map(({ url }) => url));
  sandbox.state.changeAccount({ target: balancer.url });

  async function drive(): Promise<void> {
    await settled();
    await clock.advance(STEP_MS);
    await settled();
  }

  /** Redis answers in the order of asking: what was asked before these has been answered, and what follows from it. */
  async function settled(): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      await calm();
      await pulse.ping();
    }
  }

  return {
    sandbox,
    balancer,
    runs,
    async stop() {
      await balancer.stop();
      const left = new Set(servers);
      const stopping = servers.map((server) => server.stop().finally(() => left.delete(server)));
      // Stopping servers wait for timers of this clock, too.
      while (left.size > 0) await drive();
      await Promise.all(stopping);
      await sandbox.stop();
      pulse.disconnect();
      await redis.stop();
      await rm(dir, { recursive: true });
    },
  };
}

interface Ground {
  readonly index: number;
  readonly sandbox: Sandbox;
  readonly clock: ManualClock;
  readonly redis: RedisServer;
  readonly dir: string;
  readonly runs: string[];
}

async function startServer({ index, sandbox, clock: shared, redis, dir, runs }: Ground) {
  const link: SeverableConnection = await startSeverableConnection(redis.port);
  let alive = true;
  const clock: Clock = {
    now: () => shared.now(),
    schedule: (delayMs, run) => shared.schedule(delayMs, () => alive && run()),
  };
  const { environment } = consoleForm(sandbox.state.account(), sandbox.accessPoints());
  const config = readConfig({
    ...environment,
    REDIS_URL: `redis://127.0.0.1:${link.port}`,
    DATA_DIR: join(dir, String(index)),
    ADMIN_PORT: '0',
    // In the pair's time one process would wait for what the other learns of the account.
    LATE_REPLY: 'customer-service',
  });
  const log = captureLog();
  const note = (run: string) => void runs.push(`${index} ${run}`);
  /** As in a crash: no timer fires any more, all connections are gone. */
  const die = (): void => {
    alive = false;
    link.sever();
    app.http.close();
    app.http.closeAllConnections();
  };
  const handlers = namedHandlers({ tested: handlerOf(clock, note, die) });
  const app: App = await createApp(config, { log, clock, handlers });
  await app.open();
  const port = await listen(app.http, { host: '127.0.0.1', port: 0, portName: 'PORT' });
  return {
    url: `http://127.0.0.1:${port}/wechat`,
    async stop() {
      // A dead server still has files and timers: it starts once more, to close its connections to Redis.
      if (!alive) {
        alive = true;
        link.mend();
        await eventually(() => {
          const back = partsOf(log, 'connection restored: Redis is back');
          if (!partsOf(log, 'connection lost: Redis is away').every((part) => back.includes(part)))
            throw new Error('still away');
        });
      }
      await app.stop();
      await link.stop();
    },
  };
}

/** The connections of which the log says that. */
function partsOf(log: { readonly lines: readonly LogLine[] }, said: string): readonly unknown[] {
  return log.lines.filter(({ message }) => message === said).map(({ fields }) => fields['part']);
}

/**
 * `slow 900` answers after 900 ms, `defer` leaves the answer to `later`, `dies` takes its server with it and is answered
 * at the second attempt. The answer names the attempt that made it.
 */
function handlerOf(clock: Clock, note: (run: string) => void, die: () => void): Handler {
  const after = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.schedule(ms, resolve);
    });
  return defineHandler({
    on: 'message.text',
    async handle(ctx) {
      const { content } = ctx.push;
      note(`handle ${content}`);
      if (content === 'defer') return ctx.defer({ content });
      if (content === 'dies' && ctx.attempt === 1) {
        await after(500);
        die();
        await new Promise(() => {});
      }
      await after(Number(/^slow (\d+)/.exec(content)?.[1] ?? 0));
      return ctx.reply.text(`attempt ${ctx.attempt}: ${content}`);
    },
    later(ctx, { content }) {
      note(`later ${content}`);
      return ctx.reply.text(`later: ${content}`);
    },
  });
}
