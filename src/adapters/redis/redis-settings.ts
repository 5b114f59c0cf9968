import type { Redis } from 'ioredis';
import { isOfSelect } from './connection.js';
import type { Logger } from '../../ports/logger.js';

/**
 * Looks once at how Redis is set and warns of what would break a promise: without the append-only file a crash of
 * Redis loses accepted work, an evicting Redis loses it without a crash, and a database that is not there is silently
 * the first one, which others may use. A Redis that will not say is believed.
 */
export function warnOfWeakSettings(client: Redis, log: Logger): void {
  client.once('ready', () => {
    const database = client.options.db ?? 0;
    if (database !== 0)
      client.select(database).catch((error: unknown) => {
        if (isOfSelect(error)) log.warn({}, missingDatabase(database));
      });
    client.info().then(
      (info) => {
        for (const warning of weakSettings(info)) log.warn({}, warning);
      },
      () => {},
    );
  });
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
