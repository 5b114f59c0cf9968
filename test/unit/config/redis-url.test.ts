import { describe, expect, test } from '@jest/globals';
import { readConfig, secretsOf } from '../../../src/config/config.js';
import { describeRedis } from '../../../src/config/redis-config.js';

const account = { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't' };
const withSettings = (settings: Record<string, string>) => readConfig({ ...account, ...settings });
const withUrl = (url: string) => withSettings({ REDIS_URL: url });
const PEM = '-----BEGIN CERTIFICATE-----';

describe('given REDIS_URL', () => {
  test.each([
    'redis://h',
    'redis://h/',
    'redis://h:6380/2',
    'rediss://user:p%40ss@h/15',
    'unix:///run/redis.sock',
    'unix:///run/redis.sock?db=2',
  ])('when it is %s, then it is taken', (url) => {
    expect(withUrl(url).redis).toMatchObject({ url, waitReplicas: 0 });
  });

  test.each(['redis://h/abc', 'redis://h/1/2', 'http://h', 'unix://'])(
    'when it is %s, then it is a fault',
    (url) => {
      expect(() => withUrl(url)).toThrow(/REDIS_URL.*database number/);
    },
  );

  test('when it is told to people, then without user and password', () => {
    expect(describeRedis({ url: 'redis://user:pass@h:6380/2' })).toBe('h:6380');
    expect(describeRedis({ url: 'unix:///run/redis.sock?db=2' })).toBe('/run/redis.sock');
  });
});

describe('given Sentinels or a cluster', () => {
  test('when Sentinels are named, then ports may be left out, and all replicas are waited for', () => {
    const { redis } = withSettings({
      REDIS_SENTINELS: 's1, s2:26380,[::1]:26381',
      REDIS_MASTER: 'mymaster',
      REDIS_SENTINEL_PASSWORD: 'sentinel-secret',
    });
    expect(redis).toMatchObject({
      sentinels: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 26_380 },
        { host: '::1', port: 26_381 },
      ],
      master: 'mymaster',
      waitReplicas: Number.MAX_SAFE_INTEGER,
    });
  });

  test('when a cluster is named with TLS, then all of it is there', () => {
    const settings = {
      REDIS_CLUSTER: 'a,b:7001',
      REDIS_TLS: '1',
      REDIS_TLS_CA: PEM,
      REDIS_WAIT_REPLICAS: '0',
    };
    expect(withSettings(settings).redis).toMatchObject({
      cluster: [
        { host: 'a', port: 6_379 },
        { host: 'b', port: 7_001 },
      ],
      tls: { ca: PEM },
      waitReplicas: 0,
    });
  });

  test('when secrets are collected, then all passwords and keys are among them', () => {
    const config = withSettings({
      REDIS_SENTINELS: 's1',
      REDIS_MASTER: 'm',
      REDIS_PASSWORD: 'redis-secret',
      REDIS_SENTINEL_PASSWORD: 'sentinel-secret',
      REDIS_TLS_CERT: PEM,
      REDIS_TLS_KEY: `${PEM} key`,
      REDIS_TLS: '1',
    });
    expect(secretsOf(config)).toEqual(
      expect.arrayContaining(['redis-secret', 'sentinel-secret', `${PEM} key`]),
    );
  });

  test.each([
    [{ REDIS_SENTINELS: 's1' }, /REDIS_MASTER is missing/],
    [{ REDIS_MASTER: 'm' }, /REDIS_SENTINELS is missing/],
    [{ REDIS_URL: 'redis://h', REDIS_CLUSTER: 'a' }, /REDIS_URL and REDIS_CLUSTER are set together/],
    [{ REDIS_CLUSTER: 'a:b' }, /REDIS_CLUSTER.*host:port/],
    [{ REDIS_CLUSTER: 'a', REDIS_TLS_CERT: PEM }, /REDIS_TLS_KEY is missing/],
    [{ REDIS_URL: 'redis://:a@h', REDIS_PASSWORD: 'b' }, /Remove one of the two/],
    [{ REDIS_URL: 'redis://h', REDIS_TLS: '1' }, /Write rediss:\/\//],
  ])('when %j is set, then it is a fault that names the cure', (settings, fault) => {
    expect(() => withSettings(settings)).toThrow(fault);
  });
});
