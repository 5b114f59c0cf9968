import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config/config.js';

const warningsFor = (ms: string) =>
  readConfig({
    WECHAT_APP_ID: 'wx1',
    WECHAT_APP_SECRET: 's',
    WECHAT_TOKEN: 't',
    REPLY_DEADLINE_MS: ms,
  }).warnings.map(({ en }) => en);

describe('given REPLY_DEADLINE_MS', () => {
  test('when WeChat would hang up before it, then a warning says so', () => {
    expect(warningsFor('4900')).toEqual([]);
    expect(warningsFor('4901')).toEqual([expect.stringMatching(/REPLY_DEADLINE_MS is 4901.*disconnects/)]);
  });
});
