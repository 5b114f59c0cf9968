import { describe, expect, test } from '@jest/globals';
import { weakSettings } from '../../../../src/adapters/redis/redis-settings.js';

const info = (version: string, aof: string, policy: string) =>
  `# Server\r\nredis_version:${version}\r\n# Memory\r\nmaxmemory_policy:${policy}\r\n# Persistence\r\naof_enabled:${aof}\r\n`;

describe('given what Redis says of itself', () => {
  test('when it keeps what it is given, then there is nothing to warn of', () => {
    expect(weakSettings(info('7.0.15', '1', 'noeviction'))).toEqual([]);
    expect(weakSettings(info('6.2.0', '1', 'noeviction'))).toEqual([]);
    expect(weakSettings('')).toEqual([]);
  });

  test.each([
    [info('6.0.16', '1', 'noeviction'), 'older than 6.2'],
    [info('7.2.0', '0', 'noeviction'), 'appendonly yes'],
    [info('7.2.0', '1', 'allkeys-lru'), 'allkeys-lru'],
  ])('when a setting loses accepted work, then one warning says which (%#)', (text, word) => {
    expect(weakSettings(text)).toEqual([expect.stringContaining(word)]);
  });
});
