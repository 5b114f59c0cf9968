import type { Redis } from 'ioredis';
import { INFO_REFUSED, isSelectError } from './connection.js';
import type { Logger } from '../../ports/logger.js';

const KEEPS_ALL = 'noeviction';
/** Interval of checks, because settings can change while Redis runs. */
const LOOK_AGAIN_MS = 5 * 60_000;

/**
 * Checks the settings of Redis at the start and periodically, and warns once about dangerous ones: without the
 * append-only file a crash of Redis loses accepted work; an evicting Redis loses it without a crash; a missing database
 * silently becomes the first one, which others may use. Unknown settings count as good.
 */
export function watchSettings(
  client: Redis,
  log: Logger,
  againMs = LOOK_AGAIN_MS,
): { evicts(): boolean; stop(): void } {
  let evicts = false;
  let known: readonly string[] = [];
  let isRefused = false;
  const look = async (): Promise<void> => {
    const info = await client.info();
    if (info.includes(INFO_REFUSED) && !isRefused) {
      isRefused = true;
      log.info(
        {},
        'Redis settings unread: the Redis user may not use INFO, so nobody checks whether Redis loses accepted work',
      );
    }
    const warnings = weakSettings(info);
    evicts = (readSettings(info).evictionPolicy ?? KEEPS_ALL) !== KEEPS_ALL;
    for (const warning of warnings)
      if (!known.includes(warning)) log.warn({}, `Redis settings unsafe: ${warning}`);
    known = warnings;
  };
  const lookIfReady = (): void => {
    if (client.status === 'ready') look().catch(() => {}); // the check is only advice
  };
  client.on('ready', lookIfReady); // after a failover it may be another server
  client.once('ready', () => {
    const database = client.options.db ?? 0;
    if (database !== 0)
      client.select(database).catch((error: unknown) => {
        if (isSelectError(error)) log.warn({}, `Redis settings unsafe: ${missingDatabase(database)}`);
      });
  });
  const timer = setInterval(lookIfReady, againMs).unref();
  return { evicts: () => evicts, stop: () => clearInterval(timer) };
}

const missingDatabase = (database: number): string =>
  `REDIS_URL names database ${database}, which this Redis does not have: everything goes to database 0. ` +
  'Name one that exists (see `databases` in redis.conf), or none';

/** The relevant settings in a result of `INFO`. Absent: unknown. */
export interface RedisSettings {
  readonly version?: string;
  /** Older than 6.2, which the queue needs. */
  readonly isTooOld: boolean;
  readonly appendOnly?: boolean;
  readonly evictionPolicy?: string;
}

export function readSettings(info: string): RedisSettings {
  const value = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];
  const version = value('redis_version');
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  const policy = value('maxmemory_policy');
  const aof = value('aof_enabled');
  return {
    isTooOld: version !== undefined && (major < 6 || (major === 6 && minor < 2)),
    ...(version !== undefined && { version }),
    ...(aof !== undefined && { appendOnly: aof !== '0' }),
    ...(policy !== undefined && { evictionPolicy: policy }),
  };
}

/** Returns the warnings about a result of `INFO`. */
export function weakSettings(info: string): string[] {
  const { isTooOld, appendOnly, evictionPolicy = KEEPS_ALL } = readSettings(info);
  const warnings: string[] = [];
  if (isTooOld) warnings.push('Redis is older than 6.2: the queue needs a newer one');
  if (appendOnly === false) {
    warnings.push(
      'Redis keeps no append-only file: a crash of Redis loses accepted work. Set `appendonly yes`',
    );
  }
  if (evictionPolicy !== KEEPS_ALL) {
    warnings.push(`Redis may evict accepted work (maxmemory-policy ${evictionPolicy}). Set \`noeviction\``);
  }
  return warnings;
}
