import type { Redis } from 'ioredis';
import type { HostPort } from '../../config/redis-config.js';

/** Asks a node for the primary. @throws PrimaryUnknown, or the refusal of the node */
export type AskForPrimary = (node: Redis, asked: HostPort) => Promise<HostPort>;

/** A Sentinel or a cluster node does not know the primary. `code` is short, for the log. */
export class PrimaryUnknown extends Error {
  readonly code: 'NO_SUCH_MASTER' | 'CLUSTERDOWN' | 'NOT_A_CLUSTER' | 'NOT_A_SENTINEL';
  constructor(code: PrimaryUnknown['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Asks a Sentinel for the primary of this name. */
export function masterOfSentinel(master: string): AskForPrimary {
  return async (sentinel) => {
    const reply = await sentinel
      .call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master)
      .catch((error: unknown) => {
        if (isUnknownCommand(error)) throw new PrimaryUnknown('NOT_A_SENTINEL', 'this server is no Sentinel');
        throw error;
      });
    const [host, port]: unknown[] = Array.isArray(reply) ? reply : [];
    if (typeof host !== 'string')
      throw new PrimaryUnknown('NO_SUCH_MASTER', `this Sentinel knows no primary "${master}"`);
    return { host, port: Number(port) };
  };
}

/**
 * Asks a cluster node for the primary of the slot of this prefix. A node that is partitioned from the others reports a
 * failed cluster, and is not trusted.
 */
export function primaryOfSlot(prefix: string): AskForPrimary {
  return async (node, asked) => {
    const info = String(
      await node.call('CLUSTER', 'INFO').catch((error: unknown) => {
        if (/cluster support disabled/i.test(String(error)))
          throw new PrimaryUnknown('NOT_A_CLUSTER', 'this Redis is no node of a cluster');
        throw error;
      }),
    );
    const [slot, ranges] = await Promise.all([
      node.call('CLUSTER', 'KEYSLOT', prefix).then(Number),
      node.call('CLUSTER', 'SLOTS'),
    ]);
    const found = Array.isArray(ranges) ? ranges.find((range) => holdsSlot(range, slot)) : undefined;
    const [, , primary]: unknown[] = Array.isArray(found) ? found : [];
    const [host, port]: unknown[] = Array.isArray(primary) ? primary : [];
    if (!info.includes('cluster_state:ok') || port === undefined)
      throw new PrimaryUnknown('CLUSTERDOWN', 'this node says that the cluster fails');
    // A node that does not know its own address returns none: then it is the node itself.
    const isNamed = typeof host === 'string' && host !== '' && host !== '?';
    return { host: isNamed ? host : asked.host, port: Number(port) };
  };
}

function holdsSlot(range: unknown, slot: number): boolean {
  const [from, to]: unknown[] = Array.isArray(range) ? range : [];
  return Number(from) <= slot && slot <= Number(to);
}

const isUnknownCommand = (error: unknown): boolean =>
  error instanceof Error && /unknown command/i.test(error.message);
