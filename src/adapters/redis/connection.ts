import { types } from 'node:util';
import { Redis, type Command, type RedisOptions } from 'ioredis';
import { systemClock } from '../../ports/clock.js';
import { scheduleTimeout } from '../../ports/timeout.js';
import type { Logger } from '../../ports/logger.js';

const RECONNECT_MS = 300;
/** Only where `SilentPeer` does not see to it: it runs on while the event loop is held up. */
const CONNECT_TIMEOUT_MS = 5_000;

/** How a connection behaves while Redis is away. */
type ConnectionProfile = Pick<
  RedisOptions,
  'autoResendUnfulfilledCommands' | 'enableOfflineQueue' | 'maxRetriesPerRequest'
>;

/** Fails at once while Redis is away and never sends anything twice: whoever asked has a deadline and a journal. */
export const FAIL_FAST: ConnectionProfile = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
};

/** Waits for Redis however long it takes: nobody stands behind a worker with a watch. */
export const RETRY_FOREVER: ConnectionProfile = { maxRetriesPerRequest: null };

/** What a user hears who may not use INFO: new enough, and ready. */
export const INFO_REFUSED = 'info_refused:1\r\nredis_version:6.2.0\r\nloading:0\r\n';

/**
 * A client for users without the right to INFO (`-@dangerous`). Only advice comes from it, but BullMQ and the ready check
 * ask for it each time, and take a refusal for a fault.
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
 * Opens one connection, which keeps coming back by itself. Never throws and never rejects because Redis is away.
 * Says in the log once that Redis went (and once for each further reason) and once that it is back, with `part` to tell the connections apart.
 */
export function openRedis(url: string, part: string, log: Logger, options: ConnectionProfile): Redis {
  const client = new TolerantRedis(url, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: () => RECONNECT_MS,
    // A primary that became a replica refuses writes: ask the name again who is the primary now.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...options,
  });
  reportChanges(client, log.child({ part }));
  return client;
}

/** True once the connection is ready; false when it is not within the time. */
export function waitUntilReady(client: Redis, withinMs: number): Promise<boolean> {
  if (client.status === 'ready') return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (ready: boolean) => {
      cancel();
      client.off('ready', onReady);
      resolve(ready);
    };
    const onReady = () => settle(true);
    const cancel = scheduleTimeout(systemClock, withinMs, () => settle(false));
    client.once('ready', onReady);
  });
}

/**
 * Why Redis or the connection refused, in a word or two: `ECONNREFUSED`, `OOM`, `WRONGPASS`.
 * Never the whole message: Redis quotes the command's arguments in some, and those hold what users wrote.
 */
export function reasonOf(error: unknown): string {
  if (!isError(error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error.name === 'ReplyError') return error.message.split(' ', 1)[0] ?? error.name;
  return error.name === 'Error'
    ? /timed? ?out/i.test(error.message)
      ? 'timeout'
      : 'disconnected'
    : error.name;
}

/** Errors that come from Node itself may be of another realm: `instanceof` does not see those. */
function isError(error: unknown): error is Error {
  return error instanceof Error || types.isNativeError(error);
}

/** Whether Redis refused the database that the URL names. The connection stands, on database 0. */
export function isSelectError(error: unknown): boolean {
  if (!isError(error) || error.name !== 'ReplyError' || !('command' in error)) return false;
  const { command } = error;
  return typeof command === 'object' && command !== null && 'name' in command && command.name === 'select';
}

function reportChanges(client: Redis, log: Logger): void {
  /** Of the outage that goes on now: each is said once, not with every try. */
  const reasons = new Set<string>();
  const reportDown = (reason: string) => {
    if (reasons.has(reason)) return;
    reasons.add(reason);
    log.warn({ reason }, 'Redis is away');
  };
  // Without a listener an `error` event would end the process.
  client.on('error', (error: unknown) => {
    if (!isSelectError(error)) reportDown(reasonOf(error)); // that one is said by `warnOfWeakSettings`
  });
  client.on('close', () => {
    if (reasons.size === 0 && client.status !== 'end') reportDown('closed');
  });
  client.on('ready', () => {
    if (reasons.size > 0) log.info({}, 'Redis is back');
    reasons.clear();
  });
}
