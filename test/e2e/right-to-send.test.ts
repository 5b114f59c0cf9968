import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import {
  makeServerFolder,
  type ServerFolder,
  type ServerProcess,
} from '../support/processes/built-server.js';
import { eventually } from '../support/time/eventually.js';

let sandbox: Sandbox;
let folder: ServerFolder;
beforeEach(async () => {
  sandbox = createSandbox({ port: 0, account: { kind: 'subscription-unverified' } });
  await sandbox.start();
  folder = await makeServerFolder();
});
afterEach(async () => {
  await folder.remove();
  await sandbox.stop();
});

function start(apiUrl = `${sandbox.url()}/api.weixin.qq.com`): ServerProcess {
  const { appId, appSecret, token } = sandbox.state.account();
  return folder.start({
    WECHAT_APP_ID: appId,
    WECHAT_APP_SECRET: appSecret,
    WECHAT_TOKEN: token,
    WECHAT_API_BASE_URLS: apiUrl,
    DATA_DIR: join(folder.dir, 'data'),
  });
}

async function statusOf(server: ServerProcess): Promise<unknown> {
  const { adminPort } = await server.ready();
  const response = await fetch(`http://127.0.0.1:${adminPort}/status`);
  return response.json();
}

const readyLine = (server: ServerProcess) => server.lines().find(({ msg }) => msg === 'ready');

describe('given LATE_REPLY=auto', () => {
  test('when the server starts, then it learns what the account may, keeps it, and says it when it starts again', async () => {
    const first = start();
    await eventually(async () =>
      expect(await statusOf(first)).toMatchObject({
        accounts: [{ name: 'default', lateReply: { channel: 'passive-only', why: 'denied' } }],
      }),
    );
    await first.stop();
    const again = start('http://127.0.0.1:1');
    await again.ready();
    expect(readyLine(again)).toMatchObject({ lateReplies: ['default: passive-only (denied)'] });
  });

  test('when the API cannot be reached, then the server is ready all the same, and says that nobody knows', async () => {
    const server = start('http://127.0.0.1:1');
    expect(await statusOf(server)).toMatchObject({
      status: 'ready',
      accounts: [{ lateReply: { channel: 'passive-only', why: 'not-known-yet' } }],
    });
    expect(readyLine(server)).toMatchObject({ lateReplies: ['default: passive-only (not-known-yet)'] });
  });
});
