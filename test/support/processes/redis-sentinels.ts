import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from '../time/eventually.js';
import { endProcess, hasEnded } from './end-process.js';
import { sparePort } from './port-of.js';
import { endPrimary, replicasReady, type Failover, type RedisDeployment } from './redis-deployment.js';
import { RedisServer, redisProgram } from './redis-server.js';

const MASTER = 'mymaster';
const SENTINELS = 3;
const REPLICAS = 2;

/** A primary with two replicas, and three Sentinels that watch them. */
export class RedisSentinels implements RedisDeployment {
  private readonly servers: readonly RedisServer[];
  private readonly ports: readonly number[];
  private readonly sentinels: readonly ChildProcess[];
  private readonly dir: string;
  private readonly password: string | undefined;

  private constructor(parts: {
    servers: readonly RedisServer[];
    ports: readonly number[];
    sentinels: readonly ChildProcess[];
    dir: string;
    password: string | undefined;
  }) {
    this.servers = parts.servers;
    this.ports = parts.ports;
    this.sentinels = parts.sentinels;
    this.dir = parts.dir;
    this.password = parts.password;
  }

  /** @param password  of the Sentinels */
  static async start({ password }: { password?: string } = {}): Promise<RedisSentinels> {
    const options = { fsync: 'no', settings: ['--repl-diskless-sync-delay', '0'] } as const;
    const primary = await RedisServer.start(options);
    const replicaOf = ['--replicaof', '127.0.0.1', String(primary.port)];
    const replicas = await Promise.all(
      Array.from({ length: REPLICAS }, () =>
        RedisServer.start({ ...options, settings: [...options.settings, ...replicaOf] }),
      ),
    );
    const dir = await mkdtemp(join(tmpdir(), 'wechat-sentinels-'));
    const ports: number[] = [];
    const sentinels: ChildProcess[] = [];
    for (let at = 0; at < SENTINELS; at += 1) {
      const port = await sparePort();
      const file = join(dir, `sentinel-${at}.conf`);
      const lines = [
        `port ${port}`,
        'bind 127.0.0.1',
        `dir ${dir}`,
        'logfile ""',
        `sentinel monitor ${MASTER} 127.0.0.1 ${primary.port} 2`,
        `sentinel down-after-milliseconds ${MASTER} 1500`,
        `sentinel failover-timeout ${MASTER} 5000`,
        ...(password === undefined ? [] : [`requirepass ${password}`, `sentinel sentinel-pass ${password}`]),
      ];
      await writeFile(file, `${lines.join('\n')}\n`);
      ports.push(port);
      sentinels.push(spawn(redisProgram(), [file, '--sentinel'], { stdio: 'ignore' }));
    }
    const deployment = new RedisSentinels({
      servers: [primary, ...replicas],
      ports,
      sentinels,
      dir,
      password,
    });
    await deployment.settled();
    return deployment;
  }

  get settings(): Readonly<Record<string, string>> {
    return {
      REDIS_SENTINELS: this.ports.map((port) => `127.0.0.1:${port}`).join(','),
      REDIS_MASTER: MASTER,
      ...(this.password !== undefined && { REDIS_SENTINEL_PASSWORD: this.password }),
    };
  }

  async primary(): Promise<RedisServer> {
    const counts = new Map<number, number>();
    for (const port of this.ports) {
      const at = await this.askSentinel(port, 'GET-MASTER-ADDR-BY-NAME', MASTER);
      const primary = Array.isArray(at) ? Number(at[1]) : 0;
      counts.set(primary, (counts.get(primary) ?? 0) + 1);
    }
    const agreed = [...counts].find(([, count]) => count === SENTINELS)?.[0];
    const server = this.servers.find(({ port }) => port === agreed);
    if (server === undefined) throw new Error(`the Sentinels do not agree: ${JSON.stringify([...counts])}`);
    return server;
  }

  async failOver(how: Failover): Promise<void> {
    const before = await this.primary();
    await endPrimary(before, how, {
      request: () => this.askSentinel(this.ports[0] ?? 0, 'FAILOVER', MASTER),
      isOver: async () => (await this.primary()) !== before,
    });
    await this.settled();
  }

  async stop(): Promise<void> {
    await Promise.all(this.sentinels.map((sentinel) => endProcess(sentinel)));
    await Promise.all(this.servers.map((server) => server.stop()));
    await rm(this.dir, { recursive: true, force: true });
  }

  /** The Sentinels know of each other and of all replicas, and these lack nothing. */
  private async settled(): Promise<void> {
    await eventually(async () => {
      const ended = this.sentinels.filter(hasEnded).length;
      if (ended > 0) throw new Error(`${ended} Sentinels ended by themselves`);
      for (const port of this.ports) {
        const others = await this.askSentinel(port, 'SENTINELS', MASTER);
        const replicas = await this.askSentinel(port, 'REPLICAS', MASTER);
        const seen = [others, replicas].map((list) => (Array.isArray(list) ? list.length : 0));
        if ((seen[0] ?? 0) < SENTINELS - 1 || (seen[1] ?? 0) < REPLICAS)
          throw new Error(`a Sentinel knows ${seen.join(' Sentinels and ')} replicas`);
      }
    }, 60_000);
    let primary: RedisServer | undefined;
    await eventually(async () => {
      primary = await this.primary();
    }, 60_000);
    if (primary !== undefined) await replicasReady(primary, REPLICAS);
  }

  private async askSentinel(port: number, ...command: [string, ...string[]]): Promise<unknown> {
    const client = new Redis(port, '127.0.0.1', {
      ...(this.password !== undefined && { password: this.password }),
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      enableReadyCheck: false,
    });
    client.on('error', () => {});
    try {
      return await client.call('SENTINEL', ...command);
    } finally {
      client.disconnect();
    }
  }
}
