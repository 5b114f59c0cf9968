import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigInvalid, readConfig, withDotEnv } from '../../../src/config/config.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dot-env-'));
});
afterEach(() => rm(dir, { recursive: true }));

const BOM = '\uFEFF';
const given = async (content: string | Uint8Array) => {
  await writeFile(join(dir, '.env'), content);
  return withDotEnv({ KEPT: '' }, dir);
};

describe('given a .env as editors and people write them', () => {
  test('when it has a byte order mark, CRLF, quotes and export, then each variable is read', async () => {
    const lines = [
      'WECHAT_APP_ID=wx1',
      'export WECHAT_TOKEN="a token"',
      "export   WECHAT_APP_SECRET='s#1'",
      '',
      '# a comment',
      'PORT = 8080 # another',
      'KEPT=x',
    ];
    const env = await given(`${BOM}${lines.join('\r\n')}\r\n`);
    expect(env).toEqual({
      WECHAT_APP_ID: 'wx1',
      WECHAT_TOKEN: 'a token',
      WECHAT_APP_SECRET: 's#1',
      PORT: '8080',
      KEPT: '',
    });
    expect(readConfig(env)).toMatchObject({ public: { port: 8080 }, accounts: [{ tokens: ['a token'] }] });
  });

  test('when it is not UTF-8, then one fault says so and what to do', async () => {
    await expect(given(Buffer.from('\uFEFFPORT=80', 'utf16le'))).rejects.toThrow(ConfigInvalid);
    await expect(given(Buffer.from('\uFEFFPORT=80', 'utf16le'))).rejects.toThrow(
      /\.env is UTF-16: save it as UTF-8/,
    );
  });

  test('when there is none, then the environment stays as it is', () => {
    expect(withDotEnv({ A: '1' }, dir)).toEqual({ A: '1' });
  });
});

describe('given settings in files of their own', () => {
  test('when a file has a byte order mark or CRLF, then they are no part of the value', async () => {
    const file = (name: string) => join(dir, name);
    await writeFile(file('secret'), `${BOM}secret-of-the-file\r\n`);
    await writeFile(file('token'), `${BOM}token-of-the-file`);
    await writeFile(file('gbk'), Buffer.from([0xcc, 0xec]));
    const env = {
      WECHAT_APP_ID: 'wx1',
      WECHAT_TOKEN_FILE: file('token'),
      WECHAT_APP_SECRET_FILE: file('secret'),
    };
    expect(readConfig(env).accounts).toMatchObject([
      { tokens: ['token-of-the-file'], appSecret: 'secret-of-the-file' },
    ]);
    expect(() => readConfig({ ...env, ADMIN_KEY_FILE: file('gbk') })).toThrow(
      /ADMIN_KEY_FILE is ".*gbk", which is not UTF-8 in line 1/,
    );
  });

  test('when the accounts file has a byte order mark, then it is read; with a comma too many, the line is told', async () => {
    const file = join(dir, 'accounts.json');
    const accounts = '{\n  "shop": { "appId": "wx1", "token": "hidden-token" }\n}';
    await writeFile(file, BOM + accounts);
    expect(readConfig({ WECHAT_ACCOUNTS_FILE: file }).accounts).toMatchObject([{ name: 'shop' }]);
    await writeFile(file, accounts.replace(' }\n', ' },\n'));
    const broken = () => readConfig({ WECHAT_ACCOUNTS_FILE: file });
    expect(broken).toThrow(/WECHAT_ACCOUNTS_FILE ".*" is not a JSON object .* \(line 3, column 1: /);
    expect(broken).not.toThrow(/hidden-token/);
  });
});
