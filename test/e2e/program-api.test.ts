import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer, createWechatApi, type WechatApi } from '../../src/index.js';
import { silentLogger } from '../../src/ports/logger.js';
import { toOpenId } from '../../src/protocol/ids.js';
import { makeServerFolder, type ServerFolder } from '../support/processes/built-server.js';
import { startFakeWechatApi, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';

const APP_ID = 'wx0000000000000001';
const USER = toOpenId('oUser');
const HELLO = { msgtype: 'text', text: { content: '你好' } } as const;

let wechat: FakeWechatApi;
let folder: ServerFolder;
let settings: Readonly<Record<string, string>>;
let api: WechatApi | undefined;
beforeEach(async () => {
  wechat = await startFakeWechatApi({ appId: APP_ID });
  folder = await makeServerFolder();
  settings = {
    WECHAT_APP_ID: APP_ID,
    WECHAT_APP_SECRET: 'test-secret',
    WECHAT_API_BASE_URLS: wechat.url,
    DATA_DIR: `${folder.dir}/data`,
    ADMIN_PORT: '9',
  };
});
afterEach(async () => {
  await api?.close();
  api = undefined;
  await folder.remove();
  await wechat.close();
});

describe('given a program that is no server', () => {
  test('when no server runs, then it makes its calls by the store, without a callback token', async () => {
    api = await createWechatApi(settings, { logger: silentLogger });
    await api.messages.send(USER, HELLO);
    await api.messages.send(USER, HELLO);
    expect(wechat.received).toHaveLength(2);
    expect(wechat.fetches.stable).toBe(1);
    expect('tokens' in api).toBe(false);
  });

  test('when a server runs with the same configuration, then the token is that of the server', async () => {
    const server = await createServer(
      {
        ...settings,
        WECHAT_TOKEN: 'token',
        HOST: '127.0.0.1',
        PORT: '0',
        ADMIN_PORT: '0',
        LATE_REPLY: 'passive-only',
      },
      { handlers: {}, logger: silentLogger },
    );
    try {
      const ports = Object(await server.start());
      const adminPort = String(Reflect.get(ports, 'adminPort'));
      api = await createWechatApi({ ...settings, ADMIN_PORT: adminPort }, { logger: silentLogger });
      await api.messages.send(USER, HELLO);
      expect(wechat.fetches.stable).toBe(1);
    } finally {
      await api?.close();
      await server.stop();
    }
  });

  test('when another account is wanted than there is, then it says so', async () => {
    await expect(createWechatApi(settings, { account: 'shop', logger: silentLogger })).rejects.toThrow(
      'no account "shop" is configured',
    );
  });

  test('when it is closed, then another one may have the store', async () => {
    await (await createWechatApi(settings, { logger: silentLogger })).close();
    api = await createWechatApi(settings, { logger: silentLogger });
    await api.messages.typing({ touser: USER, command: 'Typing' }).catch(() => {});
    expect(wechat.fetches.stable).toBe(1);
  });
});
