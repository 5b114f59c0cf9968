import { describe, expect, test } from '@jest/globals';
import { ConfigInvalid, readConfig } from '../../../src/config/config.js';
import { variableNames } from '../../../src/config/variables.js';

const PASSWORD = 'hunter2';
const account = { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 'callback-token', WECHAT_APP_SECRET: 'app-secret' };

/** Returns the message about these settings. */
function messageOf(env: Record<string, string>, files: Record<string, string> = {}): string {
  try {
    const { warnings } = readConfig({ ...account, ...env }, (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return text;
    });
    return warnings.map(({ en, zh }) => `${en} ${zh}`).join('\n');
  } catch (error) {
    if (error instanceof ConfigInvalid) return `${error.message}\n${error.messageIn('zh')}`;
    throw error;
  }
}

/** Addresses with a password, and what people make of them. */
const addresses = [
  `https://user:${PASSWORD}@example.com`,
  `https://user:p@ss/${PASSWORD}@example.com/path`,
  `https://a.example.com,https://user:${PASSWORD}@b.example.com`,
  `https://user:a,${PASSWORD}@example.com`,
  `user:${PASSWORD}@example.com`,
  `ftp://${PASSWORD}@example.com`,
  `https://user:${PASSWORD}`,
  `https://user:${PASSWORD}%40example.com/`,
  `https://example.com/?key=${PASSWORD}`,
  `https://example.com#${PASSWORD}`,
  `https://user:\n${PASSWORD}@example.com`,
];

describe('given an address with a password in it', () => {
  test.each(addresses)('when it is %j, then no message of any variable holds the password', (address) => {
    // Each variable may be the one that it was pasted into; free texts take anything and say nothing.
    for (const name of variableNames) {
      expect(`${name}: ${messageOf({ [name]: address })}`).not.toContain(PASSWORD);
      expect(`${name}: ${messageOf({ [`${name}_FILE`]: '/file' }, { '/file': address })}`).not.toContain(
        PASSWORD,
      );
    }
  });

  test.each(addresses)(
    'when %j stands in the file of accounts, then no message holds the password',
    (address) => {
      const settings = ['oauthReturnHosts', 'jsSdkHosts', 'cipherMode', 'lateTemplate', 'oauthScope'];
      const accounts = Object.fromEntries(
        settings.map((name) => [name, { appId: 'wx1', token: 't', [name]: address }]),
      );
      const env = {
        WECHAT_APP_ID: '',
        WECHAT_TOKEN: '',
        WECHAT_APP_SECRET: '',
        WECHAT_ACCOUNTS_FILE: '/accounts',
      };
      const message = messageOf(env, { '/accounts': JSON.stringify(accounts) });
      expect(message).toContain('oauthReturnHosts');
      expect(message).not.toContain(PASSWORD);
    },
  );

  test('when the address is wrong for another reason, then its host is still named', () => {
    expect(messageOf({ PUBLIC_URL: `https://user:${PASSWORD}@www.example.com/x` })).toContain(
      'PUBLIC_URL is "…@www.example.com/x"',
    );
    expect(messageOf({ PUBLIC_URL: 'ftp://www.example.com:8080/x' })).toContain(
      'is "ftp://www.example.com:8080/x"',
    );
  });
});

describe('given a secret where the name of its file should stand', () => {
  test('when it is read, then the message does not hold it', () => {
    const message = messageOf({ ADMIN_KEY_FILE: PASSWORD });
    expect(message).toMatch(/ADMIN_KEY_FILE has 7 characters \(not shown\), which cannot be read/);
    expect(message).not.toContain(PASSWORD);
    expect(messageOf({ ADMIN_KEY_FILE: './key' })).toContain('ADMIN_KEY_FILE is "./key"');
  });
});
