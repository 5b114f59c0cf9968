import { Redis, type Command, type RedisOptions } from 'ioredis';
import { systemClock } from '../../ports/clock.js';
import { scheduleTimeout } from '../../ports/timeout.js';
import type { Logger } from '../../ports/logger.js';
import type { RedisAddress } from '../../config/redis-config.js';
import { connectionOptions } from './connection-options.js';
import { isError, reasonOf } from './reason-of.js';

const RECONNECT_MS = 300;
/** Used only if `SilentPeer` does not apply, because this timeout also counts while the event loop is blocked. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Behaviour of a connection while Redis is unavailable. */
type ConnectionProfile = Pick<
  RedisOptions,
  'autoResendUnfulfilledCommands' | 'enableOfflineQueue' | 'maxRetriesPerRequest'
>;

/** Fails at once while Redis is unavailable, and never sends twice: the callers have a deadline and a journal. */
export const FAIL_FAST: ConnectionProfile = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
};

/** Retries forever: workers have no deadline. */
export const RETRY_FOREVER: ConnectionProfile = { maxRetriesPerRequest: null };

/** Replaces the INFO of a user without permission: a recent version, and ready. */
export const INFO_REFUSED = 'info_refused:1\r\nredis_version:6.2.0\r\nloading:0\r\n';

/**
 * A client for users without permission for INFO (`-@dangerous`). The server needs INFO only for advice, but BullMQ and
 * the ready check always call it, and treat a refusal as an error.
 */
class TolerantRedis extends Redis {
  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    if (command.name === 'info') {
      const { reject } = command;
      command.reject = (error) =>
        reasonOf(error) === 'NOPERM' ? command.resolve(Buffer.from(INFO_REFUSED)) : reject(error);
    }
    return super.sendCommand(command, stream);
  }

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const { replyMapping: _asByDefault, ...options } = { ...this.options, ...override };
    return new TolerantRedis(options);
  }
}

/**
 * Opens a connection that reconnects by itself. Never throws or rejects if Redis is unavailable. Logs each outage once
 * (and once for each further reason) and its end; `part` names the connection.
 */
export function openRedis(
  address: RedisAddress,
  { part, prefix, log }: { readonly part: string; readonly prefix: string; readonly log: Logger },
  profile: ConnectionProfile,
): Redis {
  const isCluster = 'cluster' in address;
  const client = new TolerantRedis({
    ...connectionOptions(address, prefix),
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: () => RECONNECT_MS,
    reconnectOnError: ({ message }) => isOfFormerPrimary(message, isCluster),
    ...profile,
  });
  reportChanges(client, log.child({ part }));
  return client;
}

/**
 * True for errors after which the primary must be found again: a former primary that became a replica refuses writes
 * (in scripts since 7.0 by the first word), and a cluster node reports a lost slot or partition.
 */
function isOfFormerPrimary(message: string, isCluster: boolean): boolean {
  return /^(?:ERR .*-)?READONLY /.test(message) || (isCluster && /^(?:MOVED|CLUSTERDOWN) /.test(message));
}

/**
 * Resolves with true once the connection is ready; with false after `withinMs`, after the client was closed, and at once
 * when Redis refuses what waiting cannot mend. Attempts that are reset or find nobody are repeated until then: such an
 * end can hide a refusal, as a reset hides the alert about a certificate.
 *
 * @param refusal  the refusal that waiting cannot mend, once there is one
 */
export function waitUntilReady(
  client: Redis,
  withinMs: number,
  refusal: () => string | undefined = () => undefined,
): Promise<boolean> {
  if (client.status === 'ready') return Promise.resolve(true);
  if (refusal() !== undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const settle = (isReady: boolean): void => {
      cancel();
      client.off('ready', onReady).off('error', onError).off('end', onEnd);
      resolve(isReady);
    };
    const onReady = () => settle(true);
    const onEnd = () => settle(false);
    const onError = () => {
      if (refusal() !== undefined) settle(false);
    };
    const cancel = scheduleTimeout(systemClock, withinMs, onEnd);
    client.on('error', onError).once('ready', onReady).once('end', onEnd);
  });
}

/** True if Redis refused the database of the URL. The connection then uses database 0. */
export function isSelectError(error: unknown): boolean {
  if (!isError(error) || error.name !== 'ReplyError' || !('command' in error)) return false;
  const { command } = error;
  return typeof command === 'object' && command !== null && 'name' in command && command.name === 'select';
}

function reportChanges(client: Redis, log: Logger): void {
  /** Reasons of the current outage that were logged already. */
  const reasons = new Set<string>();
  const reportDown = (reason: string) => {
    if (reasons.has(reason)) return;
    reasons.add(reason);
    log.warn({ reason }, 'connection lost: Redis is away');
  };
  // Without a listener an `error` event would end the process.
  client.on('error', (error: unknown) => {
    if (!isSelectError(error)) reportDown(reasonOf(error)); // `watchSettings` logs that one
  });
  client.on('close', () => {
    if (reasons.size === 0 && client.status !== 'end') reportDown('closed');
  });
  client.on('ready', () => {
    if (reasons.size > 0) log.info({}, 'connection restored: Redis is back');
    reasons.clear();
  });
}
