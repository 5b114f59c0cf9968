import { describe, expect, test } from '@jest/globals';
import { ConfigInvalid, readConfig, secretsOf } from '../../../src/config/config.js';

const env = { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't' };
const KEY = 'a long random text of 32 letters or more';

function faultsOf(more: Record<string, string>): string {
  try {
    readConfig({ ...env, ...more });
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.faults.join('\n');
    throw error;
  }
  return '';
}

describe('given the settings of a recording', () => {
  test('when none is set, then nothing is recorded', () => {
    expect(readConfig(env).recording).toEqual({
      dir: undefined,
      key: undefined,
      maxBytes: 256 * 1_048_576,
      maxAgeMs: 7 * 86_400_000,
    });
  });

  test('when all are set, then they are read, and the key counts as a secret', () => {
    const settings = { RECORD_DIR: 'there', RECORD_KEY: KEY, RECORD_MAX_MB: '8', RECORD_MAX_DAYS: '1' };
    const config = readConfig({ ...env, ...settings });
    expect(config.recording).toEqual({ dir: 'there', key: KEY, maxBytes: 8_388_608, maxAgeMs: 86_400_000 });
    expect(secretsOf(config)).toContain(KEY);
  });

  test('when they cannot work, then each is a fault, and the key is not shown', () => {
    const faults = faultsOf({ RECORD_KEY: 'short-key', RECORD_MAX_MB: '7', RECORD_MAX_DAYS: '0' });
    expect(faults).toMatch(/RECORD_KEY has 9 characters \(not shown\)/);
    expect(faults).toMatch(/RECORD_MAX_MB is "7"; allowed: a whole number of MB, at least 8/);
    expect(faults).toMatch(/RECORD_MAX_DAYS is "0"/);
    expect(faults).not.toContain('short-key');
  });
});
