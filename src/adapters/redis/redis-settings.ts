import type { Redis } from 'ioredis';
import { INFO_REFUSED, isSelectError } from './connection.js';
import type { Logger } from '../../ports/logger.js';

/** Settings are changed while Redis runs, too. */
const LOOK_AGAIN_MS = 5 * 60_000;

/**
 * Looks at how Redis is set, at first and from time to time, and warns once of what would break a promise: without the
 * append-only file a crash of Redis loses accepted work, an evicting Redis loses it without a crash, and a database that
 * is not there is silently the first one, which others may use. A Redis that will not say is believed. Returns how to stop.
 */
export function warnOfWeakSettings(client: Redis, log: Logger, againMs = LOOK_AGAIN_MS): () => void {
  let known: readonly string[] = [];
  let isRefused = false;
  const look = async (): Promise<void> => {
    const info = await client.info();
    if (info.includes(INFO_REFUSED) && !isRefused) {
      isRefused = true;
      log.info(
        {},
        'the Redis user may not use INFO: nobody looks whether Redis evicts or forgets accepted work',
      );
    }
    const warnings = weakSettings(info);
    for (const warning of warnings) if (!known.includes(warning)) log.warn({}, warning);
    known = warnings;
  };
  const lookIfReady = (): void => {
    if (client.status === 'ready') look().catch(() => {}); // it is only advice
  };
  client.once('ready', () => {
    const database = client.options.db ?? 0;
    if (database !== 0)
      client.select(database).catch((error: unknown) => {
        if (isSelectError(error)) log.warn({}, missingDatabase(database));
      });
    lookIfReady();
  });
  const timer = setInterval(lookIfReady, againMs).unref();
  return () => clearInterval(timer);
}

const missingDatabase = (database: number): string =>
  `REDIS_URL names database ${database}, which this Redis does not have: everything goes to database 0. ` +
  'Name one that exists (see `databases` in redis.conf), or none';

/** The warnings that an answer to `INFO` deserves. */
export function weakSettings(info: string): string[] {
  const value = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];
  const warnings: string[] = [];
  const [major = 0, minor = 0] = (value('redis_version') ?? '').split('.').map(Number);
  if (value('redis_version') !== undefined && (major < 6 || (major === 6 && minor < 2))) {
    warnings.push('Redis is older than 6.2: the queue needs a newer one');
  }
  if (value('aof_enabled') === '0') {
    warnings.push(
      'Redis keeps no append-only file: a crash of Redis loses accepted work. Set `appendonly yes`',
    );
  }
  const policy = value('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    warnings.push(`Redis may evict accepted work (maxmemory-policy ${policy}). Set \`noeviction\``);
  }
  return warnings;
}
