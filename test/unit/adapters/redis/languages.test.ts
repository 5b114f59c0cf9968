import { describe, expect, test } from '@jest/globals';
import { RedisRefused } from '../../../../src/adapters/redis/redis-refused.js';
import { englishWords } from '../../../support/language/english-words.js';

describe('given a Redis that refuses the server', () => {
  test.each([
    'WRONGPASS',
    'NOAUTH',
    'NOPERM',
    'MOVED',
    'TOO_OLD',
    'SENTINEL_WRONGPASS',
    'SENTINEL_NOAUTH',
    'SENTINEL_NOPERM',
    'NO_SUCH_MASTER',
    'NOT_A_SENTINEL',
    'NOT_A_CLUSTER',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'CERT_HAS_EXPIRED',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'SOMETHING_ELSE',
  ])('when the reason is %s, then the cure is said in Chinese and in English', (reason) => {
    for (const address of [{ url: 'redis://a' }, { cluster: [{ host: 'a', port: 1 }] }]) {
      const error = new RedisRefused(reason, address);
      expect(error.message).toContain(reason);
      expect(error.message).not.toMatch(/\p{Script=Han}/u);
      expect(error.messageIn('zh')).toMatch(/^Redis 拒绝本服务/);
      expect(englishWords(error.messageIn('zh'))).toEqual([]);
    }
  });
});
