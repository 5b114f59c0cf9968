import { eventually } from '../time/eventually.js';
import { sparePort } from './port-of.js';
import {
  ask,
  endPrimary,
  FAILOVER_WITHIN_MS,
  replicasReady,
  type Failover,
  type RedisDeployment,
} from './redis-deployment.js';
import { RedisServer } from './redis-server.js';

const SLOTS = 16_384;
const PRIMARIES = 3;
/** Of the primary that holds our slot; the other two only vote. */
const REPLICAS = 2;
/** Of the tag that all our keys have. */
const TAG = '{wechat}';

/** A cluster of three primaries, of which the one that holds our keys has two replicas. */
export class RedisCluster implements RedisDeployment {
  private readonly servers: readonly RedisServer[];

  private constructor(servers: readonly RedisServer[]) {
    this.servers = servers;
  }

  static async start(): Promise<RedisCluster> {
    const busPorts: number[] = [];
    const servers: RedisServer[] = [];
    for (let at = 0; at < PRIMARIES + REPLICAS; at += 1) {
      const busPort = await sparePort();
      busPorts.push(busPort);
      const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1500'];
      settings.push('--cluster-port', String(busPort), '--repl-diskless-sync-delay', '0');
      settings.push('--cluster-allow-replica-migration', 'no');
      servers.push(await RedisServer.start({ fsync: 'no', settings }));
    }
    const cluster = new RedisCluster(servers);
    await cluster.join(busPorts);
    return cluster;
  }

  /** Three nodes of five: the others are found through them. */
  get settings(): Readonly<Record<string, string>> {
    return {
      REDIS_CLUSTER: this.servers
        .slice(1, 4)
        .map(({ port }) => `127.0.0.1:${port}`)
        .join(','),
    };
  }

  /** A node that does not hold our keys. */
  async bystander(): Promise<RedisServer> {
    const primary = await this.primary();
    const other = this.servers.slice(0, PRIMARIES).find((server) => server !== primary);
    if (other === undefined) throw new Error('there is no other node');
    return other;
  }

  async primary(): Promise<RedisServer> {
    const ports = new Set<number>();
    for (const server of this.servers) {
      const primary = await primaryAsSeenBy(server).catch(() => undefined);
      if (primary !== undefined) ports.add(primary);
    }
    const [port, ...others] = ports;
    const server = this.servers.find((one) => one.port === port);
    if (server === undefined || others.length > 0)
      throw new Error(`the nodes do not agree: ${[...ports].join(', ')}`);
    return server;
  }

  async failOver(how: Failover): Promise<void> {
    const before = await this.primary();
    const bystander = await this.bystander();
    await endPrimary(before, how, {
      request: () => this.askReplica(before),
      isOver: async () => (await primaryAsSeenBy(bystander)) !== before.port,
    });
    await this.settled();
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  private async askReplica(primary: RedisServer): Promise<void> {
    for (const server of this.servers) {
      const info = await ask(server, (client) => client.info('replication'));
      if (!info.includes('role:slave') || !info.includes(`master_port:${primary.port}`)) continue;
      await ask(server, (client) => client.cluster('FAILOVER'));
      return;
    }
    throw new Error('the primary has no replica');
  }

  private async join(busPorts: readonly number[]): Promise<void> {
    const [first, ...rest] = this.servers;
    if (first === undefined) return;
    for (const [at, server] of this.servers.entries())
      await ask(server, (client) => client.call('CLUSTER', 'SET-CONFIG-EPOCH', at + 1));
    for (const [at, server] of rest.entries())
      await ask(first, (client) =>
        client.call('CLUSTER', 'MEET', '127.0.0.1', server.port, busPorts[at + 1] ?? 0),
      );
    const tagSlot = await ask(first, (client) => client.call('CLUSTER', 'KEYSLOT', TAG).then(Number));
    const share = Math.ceil(SLOTS / PRIMARIES);
    for (let at = 0; at < PRIMARIES; at += 1) {
      const [from, to] = [at * share, Math.min((at + 1) * share, SLOTS) - 1];
      const server = this.servers[at];
      if (server !== undefined)
        await ask(server, (client) => client.call('CLUSTER', 'ADDSLOTSRANGE', from, to));
    }
    const owner = this.servers[Math.floor(tagSlot / share)];
    if (owner === undefined) throw new Error('nobody holds our slot');
    const id = String(await ask(owner, (client) => client.call('CLUSTER', 'MYID')));
    for (const server of this.servers.slice(PRIMARIES))
      await eventually(() => ask(server, (client) => client.call('CLUSTER', 'REPLICATE', id)), 30_000);
    await this.settled();
  }

  /** All nodes say that all is well, and the replicas lack nothing. */
  private async settled(): Promise<void> {
    let primary: RedisServer | undefined;
    await eventually(async () => {
      for (const server of this.servers) {
        const info = String(await ask(server, (client) => client.call('CLUSTER', 'INFO')));
        if (!info.includes('cluster_state:ok')) throw new Error('a node says that the cluster fails');
      }
      primary = await this.primary();
    }, FAILOVER_WITHIN_MS);
    if (primary !== undefined) await replicasReady(primary, REPLICAS);
  }
}

async function primaryAsSeenBy(server: RedisServer): Promise<number | undefined> {
  return ask(server, async (client) => {
    const slot = Number(await client.call('CLUSTER', 'KEYSLOT', TAG));
    const ranges = await client.call('CLUSTER', 'SLOTS');
    const own = (Array.isArray(ranges) ? ranges : []).find(
      (range: unknown) => Array.isArray(range) && Number(range[0]) <= slot && slot <= Number(range[1]),
    );
    return Array.isArray(own) && Array.isArray(own[2]) ? Number(own[2][1]) : undefined;
  });
}
