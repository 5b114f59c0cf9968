import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Patient, faultsOf, reads, treat, type Case, type Illness } from '../support/doctor/patient.js';
import { RedisServer } from '../support/processes/redis-server.js';

let patient: Patient;
let redis: RedisServer;
let admin: Redis;
beforeAll(async () => {
  redis = await RedisServer.start({ fsync: 'no' });
  admin = new Redis(redis.url, { retryStrategy: () => 50 });
  admin.on('error', () => {});
  patient = await Patient.admit();
  patient.env['REDIS_URL'] = redis.url;
  await patient.restart();
});
afterAll(async () => {
  await patient.discharge();
  await admin.quit();
  await redis.stop();
});

const config =
  (name: string, value: string, usual: string): Illness =>
  async () => {
    await admin.config('SET', name, value);
    return () => admin.config('SET', name, usual);
  };

/** Redis changes while the server has its connections; doctor makes one of its own. */
const CASES: readonly Case[] = [
  [
    'Redis is down',
    'redis',
    async () => {
      await redis.kill();
      return async () => {
        await redis.start();
        await patient.restart();
      };
    },
  ],
  [
    'the password is wrong',
    'redis',
    async (sick) => {
      await admin.config('SET', 'requirepass', 'secret');
      const putBack = await reads('REDIS_URL', redis.url.replace('//', '//:wrong@'))(sick);
      return async () => {
        await putBack();
        await admin.config('SET', 'requirepass', '');
      };
    },
  ],
  [
    'the password is missing',
    'redis',
    async () => {
      await admin.config('SET', 'requirepass', 'secret');
      return async () => {
        await admin.config('SET', 'requirepass', '');
      };
    },
  ],
  ['Redis evicts', 'redis', config('maxmemory-policy', 'allkeys-lru', 'noeviction')],
  ['Redis has no memory left', 'redis', config('maxmemory', '1', '0')],
  [
    'the user lacks rights',
    'redis',
    async (sick) => {
      await admin.acl('SETUSER', 'poor', 'on', '>poor', '~other:*', '+@all');
      return reads('REDIS_URL', redis.url.replace('//', '//poor:poor@'))(sick);
    },
  ],
  [
    'TLS is asked of a port without it',
    'redis',
    (sick) => reads('REDIS_URL', redis.url.replace('redis:', 'rediss:'))(sick),
  ],
  ['the host is misspelt', 'redis', reads('REDIS_URL', 'redis://no-such-host.invalid')],
  [
    'Redis is a replica',
    'redis',
    async () => {
      await admin.replicaof('127.0.0.1', 1);
      return () => admin.replicaof('NO', 'ONE');
    },
  ],
];

describe('given an installation on Redis', () => {
  test('when nothing is wrong, then there is no fault', async () => {
    const found = await patient.diagnose();
    expect(faultsOf(found)).toEqual([]);
    expect(found.steps.find(({ id }) => id === 'redis')?.state).toBe('ok');
  });

  test.each(CASES)(
    'when %s, then %s is the first fault, and its cure cures',
    async (_what, first, illness) => {
      const { sick, cured } = await treat(patient, illness);
      expect([sick.first, faultsOf(cured)]).toEqual([first, []]);
      expect(JSON.stringify(sick)).not.toMatch(/:wrong@|:poor@/);
    },
  );

  test('when there is no append-only file, then it is a warning', async () => {
    const { sick } = await treat(patient, config('appendonly', 'no', 'yes'));
    expect(sick.ok).toBe(true);
    expect(sick.steps.find(({ id }) => id === 'redis')?.state).toBe('warning');
  });
});
