import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ConfigInvalid, readConfig, secretsOf } from '../../../src/config/config.js';
import { variableNames, variables, type Variable } from '../../../src/config/variables.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const OLD_KEY = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg';
const account = { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 'callback-token', WECHAT_APP_SECRET: 'app-secret' };

const noFiles = (): never => {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
};
const read = (env: Record<string, string>, files: Record<string, string> = {}) =>
  readConfig(env, (path) => files[path] ?? noFiles());

function faultsOf(env: Record<string, string>, files: Record<string, string> = {}): readonly string[] {
  try {
    read(env, files);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.faults;
    throw error;
  }
  return [];
}

describe('given only an AppID and a callback token', () => {
  test('when it is read, then everything else has its default, and all of it is frozen', () => {
    const config = read({ WECHAT_APP_ID: 'any text', WECHAT_TOKEN: 't' });

    expect(config).toMatchObject({
      public: { host: '0.0.0.0', port: 80 },
      admin: { host: '127.0.0.1', port: 9090, key: undefined },
      maxPushAgeS: 600,
      replyDeadlineMs: 4500,
      dataDir: './data',
      handlersDir: './handlers',
      reloadHandlers: false,
      tokenChannel: 'stable',
      onAmbiguousSend: 'drop',
      logLevel: 'info',
      workerConcurrency: 64,
    });
    expect(config.accounts).toEqual([
      {
        name: 'default',
        path: '/wechat',
        appId: 'any text',
        appSecret: undefined,
        tokens: ['t'],
        encodingAesKeys: [],
        originalId: undefined,
        cipherMode: 'plaintext',
        scope: undefined,
        returnTo: [],
        pageHosts: [],
      },
    ]);
    expect(config.apiBaseUrls).toHaveLength(5);
    expect(config.apiBaseUrls[0]).toBe('https://api.weixin.qq.com');
    expect(config.maxConnections).toBeGreaterThanOrEqual(10_000);
    expect(Object.isFrozen(config) && Object.isFrozen(config.accounts[0]?.tokens)).toBe(true);
    expect(config.warnings).toEqual([{ en: expect.stringMatching(/no AppSecret/), zh: expect.any(String) }]);
  });
});

describe('given no configuration at all', () => {
  test('when it is read, then exactly what is missing is named', () => {
    expect(faultsOf({})).toEqual([
      expect.stringMatching(/^WECHAT_APP_ID is missing/),
      expect.stringMatching(/^WECHAT_TOKEN is missing/),
    ]);
  });
});

describe('given several faults', () => {
  test('when it is read, then all are told at once, each with the value seen and what is allowed', () => {
    const faults = faultsOf({
      ...account,
      PORT: 'eighty',
      REPLY_DEADLINE_MS: '499',
      TOKEN_CHANNEL: 'stabel',
    });

    expect(faults).toEqual([
      expect.stringMatching(/^PORT is "eighty"; allowed: .*Correct it, or leave it out for 80\.$/),
      expect.stringMatching(/^REPLY_DEADLINE_MS is "499"; allowed: .*at least 500/),
      expect.stringMatching(/^TOKEN_CHANNEL is "stabel"; allowed: stable or ordinary/),
    ]);
  });

  test('when one of them is a secret, then its length is shown and never its value', () => {
    const [fault] = faultsOf({ ...account, WECHAT_ENCODING_AES_KEY: 'not-the-right-key' });

    expect(fault).toMatch(/^WECHAT_ENCODING_AES_KEY has 17 characters.*exactly 43/);
    expect(fault).not.toContain('not-the-right-key');
  });
});

describe('given single variables', () => {
  test.each([
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '8e3'],
    ['PORT', '0x50'],
    ['CALLBACK_PATH', 'wechat'],
    ['CALLBACK_PATH', '/a?b'],
    ['CALLBACK_PATH', '/healthz'],
    ['WECHAT_TOKEN', 'x'.repeat(33)],
    ['WECHAT_ENCODING_AES_KEY', `${KEY.slice(1)}-`],
    ['WECHAT_CIPHER_MODE', 'aes'],
    ['MAX_PUSH_AGE_S', '1.5'],
    ['REDIS_URL', 'localhost:6379'],
    ['WECHAT_API_BASE_URLS', 'https://a.example,ftp://b.example'],
    ['WECHAT_API_BASE_URLS', 'https://a.example?x=1'],
    ['WECHAT_API_BASE_URLS', ','],
    ['RELOAD_HANDLERS', 'perhaps'],
    ['LOG_LEVEL', 'loud'],
    ['WORKER_CONCURRENCY', '0'],
  ])('when %s is "%s", then it is refused', (name, value) => {
    expect(faultsOf({ ...account, [name]: value })).toEqual([expect.stringContaining(name)]);
  });

  test.each([
    ['PORT', '8080', { public: { host: '0.0.0.0', port: 8080 } }],
    ['PORT', ' 8080 ', { public: { port: 8080 } }],
    ['PORT', '', { public: { port: 80 } }],
    ['REPLY_DEADLINE_MS', '500', { replyDeadlineMs: 500 }],
    ['MAX_PUSH_AGE_S', '0', { maxPushAgeS: 0 }],
    ['CALLBACK_PATH', '/a/b/', { accounts: [{ path: '/a/b' }] }],
    ['CALLBACK_PATH', '/', { accounts: [{ path: '/' }] }],
    ['WECHAT_TOKEN', '令😀'.repeat(16), { accounts: [{ tokens: ['令😀'.repeat(16)] }] }],
    ['WECHAT_TOKEN', ' blanks stay ', { accounts: [{ tokens: [' blanks stay '] }] }],
    ['RELOAD_HANDLERS', 'off', { reloadHandlers: false }],
    ['RELOAD_HANDLERS', '1', { reloadHandlers: true }],
    ['LOG_LEVEL', 'WARN', { logLevel: 'warn' }],
    [
      'WECHAT_API_BASE_URLS',
      'http://127.0.0.1:1/x/, https://b.example',
      { apiBaseUrls: ['http://127.0.0.1:1/x', 'https://b.example'] },
    ],
    ['HANDLERS_DIR', '/h', { handlersDir: '/h' }],
  ])('when %s is "%s", then it is read', (name, value, expected) => {
    expect(read({ ...account, [name]: value })).toMatchObject(expected);
  });

  test('when any text stands in any of them, then the answer is a configuration or its faults, never another error', () => {
    fc.assert(
      fc.property(fc.constantFrom(...variableNames), fc.string({ unit: 'binary' }), (name, value) => {
        expect(Array.isArray(faultsOf({ ...account, [name]: value }))).toBe(true);
      }),
    );
  });

  test('when the table is read, then every fallback is one that its own schema allows', () => {
    for (const { schema, fallback } of Object.values(variables) as Variable[]) {
      if (fallback !== undefined) expect(schema.safeParse(fallback).success).toBe(true);
    }
  });
});

describe('given a key and a cipher mode', () => {
  test('when a key is set, then the mode is safe unless another one is asked for', () => {
    expect(read({ ...account, WECHAT_ENCODING_AES_KEY: KEY }).accounts[0]?.cipherMode).toBe('safe');
    const env = { ...account, WECHAT_ENCODING_AES_KEY: KEY, WECHAT_CIPHER_MODE: 'compatible' };
    expect(read(env).accounts[0]?.cipherMode).toBe('compatible');
  });

  test.each(['safe', 'compatible'])('when %s mode has no key, then that is a fault', (mode) => {
    expect(faultsOf({ ...account, WECHAT_CIPHER_MODE: mode })).toEqual([
      expect.stringMatching(/WECHAT_ENCODING_AES_KEY is missing/),
    ]);
  });

  test('when the key is set and faulty, then it is not reported as missing, too', () => {
    expect(faultsOf({ ...account, WECHAT_CIPHER_MODE: 'safe', WECHAT_ENCODING_AES_KEY: 'x' })).toHaveLength(
      1,
    );
  });

  test('when previous values are set, then they come after the current ones', () => {
    const [first] = read({
      ...account,
      WECHAT_PREVIOUS_TOKEN: 'old-token',
      WECHAT_ENCODING_AES_KEY: KEY,
      WECHAT_PREVIOUS_ENCODING_AES_KEY: OLD_KEY,
    }).accounts;
    expect(first?.tokens).toEqual(['callback-token', 'old-token']);
    expect(first?.encodingAesKeys).toEqual([KEY, OLD_KEY]);
  });

  test('when only the previous key is set, then that is a fault', () => {
    expect(faultsOf({ ...account, WECHAT_PREVIOUS_ENCODING_AES_KEY: OLD_KEY })).toHaveLength(1);
  });
});

describe('given values in files', () => {
  test('when NAME_FILE is set, then the file is the value, without its last newline', () => {
    const env = { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN_FILE: '/run/token', PORT_FILE: '/run/port' };
    const config = read(env, { '/run/token': 'two\nlines\n', '/run/port': '81\r\n' });
    expect(config.accounts[0]?.tokens).toEqual(['two\nlines']);
    expect(config.public.port).toBe(81);
  });

  test('when both are set, or the file is missing or empty, then each is a fault', () => {
    const files = { '/empty': '\n', '/t': 'x' };
    expect(faultsOf({ ...account, WECHAT_TOKEN_FILE: '/t' }, files)).toEqual([
      expect.stringMatching(/^WECHAT_TOKEN and WECHAT_TOKEN_FILE are both set/),
    ]);
    expect(faultsOf({ ...account, ADMIN_KEY_FILE: '/none' }, files)).toEqual([
      expect.stringMatching(/^ADMIN_KEY_FILE is "\/none", which cannot be read \(ENOENT\)/),
    ]);
    expect(faultsOf({ ...account, ADMIN_KEY_FILE: '/empty' }, files)).toEqual([
      expect.stringMatching(/^ADMIN_KEY_FILE is "\/empty", an empty file/),
    ]);
  });
});

describe('given the admin listener', () => {
  test.each(['0.0.0.0', '::', '10.0.0.1', 'example.org', '127.example.org'])(
    'when it is bound to %s without a key, then that is a fault, and with a key it is none',
    (host) => {
      expect(faultsOf({ ...account, ADMIN_HOST: host })).toEqual([
        expect.stringMatching(/ADMIN_KEY is missing/),
      ]);
      expect(faultsOf({ ...account, ADMIN_HOST: host, ADMIN_KEY: '8-digits' })).toEqual([]);
      expect(faultsOf({ ...account, ADMIN_HOST: host, ADMIN_KEY: 'k' })).toEqual([
        expect.stringMatching(/^ADMIN_KEY has 1 characters \(not shown\).* at least 8\./),
      ]);
      expect(faultsOf({ ...account, ADMIN_HOST: host, ADMIN_KEY: '7-digit' })).toHaveLength(1);
    },
  );

  test('when others can reach it and its key is short, then that is a warning', () => {
    const warnings = (key: string, host = '0.0.0.0') =>
      read({ ...account, WECHAT_APP_SECRET: 's', ADMIN_HOST: host, ADMIN_KEY: key }).warnings.map(
        ({ en }) => en,
      );
    expect(warnings('0123456789abcde')).toEqual([expect.stringMatching(/^ADMIN_KEY has 15 characters/)]);
    expect(warnings('0123456789abcdef')).toEqual([]);
    expect(warnings('k', '127.0.0.1')).toEqual([]);
  });

  test.each(['http://127.0.0.1:9090', 'http://localhost:9090/', 'http://[::1]:9090'])(
    'when tokens are to come from %s, which is itself, then that is a fault',
    (url) => {
      const env = { ...account, TOKEN_SERVER_URL: url };
      expect(faultsOf(env)).toEqual([expect.stringMatching(/own admin listener/)]);
      expect(faultsOf({ ...env, ADMIN_PORT: '9091' })).toEqual([]);
    },
  );

  test.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])(
    'when it is bound to %s, then no key is asked for',
    (host) => {
      expect(faultsOf({ ...account, ADMIN_HOST: host })).toEqual([]);
    },
  );
});

describe('given the secrets of a configuration', () => {
  test('when they are gathered, then every one is there, the password of Redis as spelled and as meant', () => {
    const config = read({
      ...account,
      WECHAT_ENCODING_AES_KEY: KEY,
      WECHAT_PREVIOUS_TOKEN: 'old-token',
      ADMIN_KEY: 'admin-key',
      REDIS_URL: 'redis://user:p%40ss@localhost:6379',
    });
    const secrets = ['app-secret', 'callback-token', 'old-token', KEY, 'admin-key', 'p%40ss', 'p@ss'];
    expect([...secretsOf(config)].sort()).toEqual(secrets.sort());
  });
});
