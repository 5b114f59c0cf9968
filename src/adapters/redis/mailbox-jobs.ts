import type { Redis } from 'ioredis';

/**
 * Which delayed jobs wait for nothing but their user, by when they come due. Only for the count: one that is missed or
 * stays too long is told as delayed, or for no longer than until it is due.
 */
export class MailboxJobs {
  readonly key: string;

  constructor(key: string) {
    this.key = key;
  }

  async enter(client: Redis, id: string, dueAtMs: number): Promise<void> {
    const entered = [
      client.zadd(this.key, dueAtMs, id),
      client.zremrangebyscore(this.key, '-inf', Date.now()),
    ];
    await Promise.all(entered).catch(() => {});
  }

  count(client: Redis): Promise<number> {
    return client.zcount(this.key, Date.now(), '+inf');
  }
}
