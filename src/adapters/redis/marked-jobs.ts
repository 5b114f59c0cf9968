import type { Redis } from 'ioredis';

/**
 * Marks delayed jobs as in the mailbox or overdue, sorted by due time. Only for the counts: a missing or outdated mark
 * is wrong until its job is due, and no longer.
 */
export class MarkedJobs {
  readonly key: string;

  constructor(key: string) {
    this.key = key;
  }

  /** Adds a mark and removes those that came due. A failure is ignored: only the counts need it. */
  async enter(client: Redis, mark: string, dueAtMs: number): Promise<void> {
    const entered = [
      client.zadd(this.key, dueAtMs, mark),
      client.zremrangebyscore(this.key, '-inf', Date.now()),
    ];
    await Promise.all(entered).catch(() => {});
  }

  count(client: Redis): Promise<number> {
    return client.zcount(this.key, Date.now(), '+inf');
  }

  /** Returns the marks that come due soonest, at most `limit`. */
  soonest(client: Redis, limit: number): Promise<string[]> {
    return client.zrangebyscore(this.key, Date.now(), '+inf', 'LIMIT', 0, limit);
  }
}

/** Returns the mark of an overdue job, with the arrival of its push. */
export const overdueMark = (id: string, pushedAtMs: number): string => `${pushedAtMs} ${id}`;

/** Returns the arrival of the push, in Unix ms, from a mark of `overdueMark`. */
export const pushedAtOf = (mark: string): number => Number(mark.slice(0, mark.indexOf(' ')));
