import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ConfigInvalid, readConfig } from '../../../src/config/config.js';
import { withDotEnv } from '../../../src/config/dot-env.js';
import { variables, type Variable } from '../../../src/config/variables.js';
import { TextNotUtf8 } from '../../../src/config/text-file.js';
import type { Words } from '../../../src/protocol/words.js';
import { englishWords } from '../../support/language/english-words.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const ACCOUNT = { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't', WECHAT_APP_SECRET: 's' };
const OAUTH = {
  ...ACCOUNT,
  PUBLIC_URL: 'https://www.example.com',
  OAUTH_PATH: '/oauth',
  OAUTH_RETURN_HOSTS: 'www.example.com',
  OAUTH_SESSION_KEY: 'k'.repeat(32),
};
type Environment = Readonly<Record<string, string>>;

/** `file`: the text of every file; an error: reading fails with it. */
function faultsOf(env: Environment, file: string | Error): readonly Words[] {
  try {
    readConfig(env, () => {
      if (typeof file === 'string') return file;
      throw file;
    });
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.words;
    throw error;
  }
  return [];
}

const absent = Object.assign(new Error('no such file'), { code: 'ENOENT' });
const gbk = new TextNotUtf8({ en: 'is not UTF-8 in line 2', zh: '第 2 行不是 UTF-8 编码' });
const FILE = { WECHAT_ACCOUNTS_FILE: '/a.json' };
const template = (text: string) => ({ ...ACCOUNT, LATE_TEMPLATE: text });

const FAULTY: readonly (readonly [what: string, env: Environment, file?: string | Error])[] = [
  ['nothing', {}],
  ['a port in words', { ...ACCOUNT, PORT: 'eighty' }],
  ['a long list for a short one', { ...ACCOUNT, WECHAT_API_BASE_URLS: 'ftp://x' }],
  ['a key that is too short', { ...ACCOUNT, WECHAT_ENCODING_AES_KEY: 'short' }],
  ['a mode without its key', { ...ACCOUNT, WECHAT_CIPHER_MODE: 'safe' }],
  ['an old key alone', { ...ACCOUNT, WECHAT_PREVIOUS_ENCODING_AES_KEY: KEY }],
  ['a misspelt name', { ...ACCOUNT, WECHAT_TOKN: 'x' }],
  ['an unknown name', { ...ACCOUNT, WECHAT_ZZZZZZZZZZZZZ: 'x' }],
  ['an open admin listener', { ...ACCOUNT, ADMIN_HOST: '0.0.0.0' }],
  ['an open admin listener with a short key', { ...ACCOUNT, ADMIN_HOST: '0.0.0.0', ADMIN_KEY: 'short' }],
  ['itself as token centre', { ...ACCOUNT, TOKEN_SERVER_URL: 'http://127.0.0.1:9090' }],
  ['a variable and its file', { ...ACCOUNT, WECHAT_TOKEN_FILE: '/t' }, 'text'],
  ['an empty file', { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN_FILE: '/t' }, '\n'],
  ['a file that is not there', { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN_FILE: '/t' }, absent],
  ['a file in GBK', { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN_FILE: '/t' }, gbk],
  ['a faulty value in a file', { ...ACCOUNT, PORT_FILE: '/p' }, 'eighty'],
  ['a secret instead of a path', { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN_FILE: 'not-a-path' }, absent],
  ['accounts in both ways', { ...ACCOUNT, ...FILE }, '{"a":{"appId":"wx1","token":"t"}}'],
  ['no file of accounts', FILE, absent],
  ['a file of accounts that is no object', FILE, '[]'],
  ['a file of accounts that is broken', FILE, '{"a":{"appId":"wx1",}}'],
  ['an account name with a slash', FILE, '{"a/b":{"appId":"wx1","token":"t"}}'],
  ['a misspelt setting of an account', FILE, '{"a":{"appId":"wx1","tokn":"t"}}'],
  ['an unknown setting of an account', FILE, '{"a":{"appId":"wx1","token":"t","zzzzzzzzz":"t"}}'],
  ['a setting of the wrong type', FILE, '{"a":{"appId":1,"token":""}}'],
  ['web login without its neighbours', { ...ACCOUNT, OAUTH_PATH: '/oauth' }],
  ['web login without AppSecret', { ...OAUTH, WECHAT_APP_SECRET: '' }],
  ['one path twice', { ...OAUTH, OAUTH_PATH: '/wechat' }],
  [
    'page signatures without AppSecret',
    { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't', JS_SDK_PATH: '/js', JS_SDK_HOSTS: 'a.example' },
  ],
  ['Redis in two ways', { ...ACCOUNT, REDIS_URL: 'redis://a', REDIS_CLUSTER: 'b:1' }],
  ['Sentinels without a primary', { ...ACCOUNT, REDIS_SENTINELS: 'b:1' }],
  ['two passwords of Redis', { ...ACCOUNT, REDIS_URL: 'redis://:p@a', REDIS_PASSWORD: 'q' }],
  ['TLS beside redis://', { ...ACCOUNT, REDIS_URL: 'redis://a', REDIS_TLS: '1' }],
  ['a template that is no object', template('[]')],
  ['a template that is broken', template('{"type"')],
  ['a template without fields', template('{"type":"x","strange":1}')],
  [
    'a template with a strange placeholder',
    template('{"type":"template","templateId":"x","data":{"a":"{answr}"}}'),
  ],
];

/** Chinese letters, and no English sentence. */
function expectChinese(text: string): void {
  expect(text).toMatch(/\p{Script=Han}/u);
  expect(englishWords(text)).toEqual([]);
}

describe('given faulty configurations', () => {
  test.each(FAULTY)(
    'when it is %s, then each fault is said in Chinese and in English',
    (_, env, file = '') => {
      const faults = faultsOf(env, file);
      expect(faults).not.toEqual([]);
      for (const { zh, en } of faults) {
        expectChinese(zh);
        expect(en).not.toMatch(/\p{Script=Han}/u);
        expect(zh).toMatch(/请|是不是|可用的设置项/); // a cure
      }
    },
  );

  test('when it is printed in Chinese, then frame and faults are Chinese, and the message for programs is English', () => {
    const error = new ConfigInvalid(faultsOf({}, ''));
    expect(error.messageIn('zh').split('\n')).toEqual([
      '配置有 2 处错误：',
      '  - 没有设置 WECHAT_APP_ID。请填账号的 AppID，与公众号后台一致。',
      '  - 没有设置 WECHAT_TOKEN。请填 1 到 32 个字符的文本，与公众号后台一致。',
      '每个变量的说明见 docs/zh/configuration.md。',
    ]);
    expect(error.message).toBe(error.messageIn('en'));
    expect(error.message).not.toMatch(/\p{Script=Han}/u);
  });

  test('when `.env` is a folder, then that is said in both', () => {
    const dir = mkdtempSync(join(tmpdir(), 'dot-env-'));
    mkdirSync(join(dir, '.env'));
    let error: unknown;
    try {
      withDotEnv({}, dir);
    } catch (thrown) {
      error = thrown;
    } finally {
      rmSync(dir, { recursive: true });
    }
    expect(error).toBeInstanceOf(ConfigInvalid);
    if (error instanceof ConfigInvalid) for (const { zh } of error.words) expectChinese(zh);
  });
});

describe('given settings with which the server starts all the same', () => {
  test.each<readonly [string, Environment]>([
    ['no AppSecret', { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't' }],
    ['a late deadline', { ...ACCOUNT, REPLY_DEADLINE_MS: '9000' }],
    ['a short key', { ...ACCOUNT, ADMIN_HOST: '0.0.0.0', ADMIN_KEY: 'tenletters' }],
    ['a key of no token centre', { ...ACCOUNT, TOKEN_SERVER_KEY: 'k' }],
    ['a name close to ours', { ...ACCOUNT, DATADIR: '/x' }],
    ['hosts without a path', { ...ACCOUNT, OAUTH_RETURN_HOSTS: 'a.example', JS_SDK_HOSTS: 'a.example' }],
    ['web login without https', { ...OAUTH, PUBLIC_URL: 'http://www.example.com' }],
  ])('when there is %s, then the warning is Chinese and English', (_, env) => {
    const { warnings } = readConfig(env);
    expect(warnings).not.toEqual([]);
    for (const { zh, en } of warnings) {
      expectChinese(zh);
      expect(en).not.toMatch(/\p{Script=Han}/u);
    }
  });
});

describe('given the table of variables', () => {
  test.each<readonly [string, Variable]>(Object.entries(variables))(
    'when %s is explained, then its values are told without an English word',
    (_, { allowed }) => expect(englishWords(allowed.zh)).toEqual([]),
  );
});
