import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config.js';

const withUrl = (url: string) => readConfig({ WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't', REDIS_URL: url });

describe('given REDIS_URL', () => {
  test.each(['redis://h', 'redis://h/', 'redis://h:6380/2', 'rediss://user:p%40ss@h/15'])(
    'when it is %s, then it is taken',
    (url) => {
      expect(withUrl(url).redisUrl).toBe(url);
    },
  );

  test.each(['redis://h/abc', 'redis://h/1/2', 'http://h'])('when it is %s, then it is a fault', (url) => {
    expect(() => withUrl(url)).toThrow(/REDIS_URL.*number of a database/);
  });
});
