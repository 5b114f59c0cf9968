import { Redis } from 'ioredis';
import { eventually } from '../time/eventually.js';
import type { RedisServer } from './redis-server.js';

/** How a failover begins. */
export type Failover =
  /** The primary dies without a word. */
  | 'kill'
  /** It hangs, with its connections open, until another one has its place. */
  | 'freeze'
  /** An operator asks for it. */
  | 'ask';

/** Several Redis servers, one of which holds our keys at any time. */
export interface RedisDeployment {
  /** The settings with which our server finds them. */
  readonly settings: Readonly<Record<string, string>>;
  /** The server that holds our keys just now. */
  primary(): Promise<RedisServer>;
  /** Resolves once another server is primary, the former one is a replica again, and all replicas have everything. */
  failOver(how: Failover): Promise<void>;
  stop(): Promise<void>;
}

/** On a machine that is busy with other tests. */
export const FAILOVER_WITHIN_MS = 60_000;

/** Runs commands on one server. */
export async function ask<T>(server: RedisServer, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(server.url, {
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
  });
  client.on('error', () => {});
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}

/** Begins a failover of this primary, and ends it when `isOver`. */
export async function endPrimary(
  primary: RedisServer,
  how: Failover,
  { request, isOver }: { request: () => Promise<unknown>; isOver: () => Promise<boolean> },
): Promise<void> {
  if (how === 'kill') await primary.kill();
  else if (how === 'freeze') primary.freeze();
  else await request();
  await eventually(async () => {
    if (!(await isOver().catch(() => false))) throw new Error('no other server is primary yet');
  }, FAILOVER_WITHIN_MS);
  if (how === 'kill') await primary.start();
  if (how === 'freeze') primary.thaw();
}

/** Waits until the primary has so many replicas that lack nothing. */
export async function replicasReady(primary: RedisServer, replicas: number): Promise<void> {
  await eventually(async () => {
    const info = await ask(primary, (client) => client.info('replication'));
    const online = [...info.matchAll(/^slave\d+:.*state=online/gm)].length;
    if (online < replicas || !info.includes('role:master')) throw new Error(`${online} replicas are online`);
    const having = await ask(primary, (client) => client.wait(replicas, 500));
    if (having < replicas) throw new Error(`${having} replicas have everything`);
  }, FAILOVER_WITHIN_MS);
}
