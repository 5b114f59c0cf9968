import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import {
  makeServerFolder,
  type ServerFolder,
  type ServerProcess,
} from '../support/processes/built-server.js';
import { eventually } from '../support/time/eventually.js';

const WRONG = 'a-secret-of-before-the-rotation';
let sandbox: Sandbox;
let folder: ServerFolder;
beforeEach(async () => {
  sandbox = createSandbox({ port: 0 });
  await sandbox.start();
  folder = await makeServerFolder();
});
afterEach(async () => {
  await folder.remove();
  await sandbox.stop();
});

const write = (name: string, text: string) => writeFile(join(folder.dir, name), text);

/** All settings stand in `.env`, and the AppSecret in a file of its own. */
async function writeSettings(more = ''): Promise<void> {
  const { appId, token } = sandbox.state.account();
  const settings = {
    WECHAT_APP_ID: appId,
    WECHAT_TOKEN: token,
    WECHAT_APP_SECRET_FILE: './secret',
    WECHAT_API_BASE_URLS: `${sandbox.url()}/api.weixin.qq.com`,
    DATA_DIR: './data',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  await write('.env', `${lines.join('\n')}\n${more}`);
}

async function start(): Promise<ServerProcess> {
  await writeSettings();
  return folder.start({});
}

async function askForToken(server: ServerProcess): Promise<{ status: number; text: string }> {
  const { adminPort } = await server.ready();
  const { appId } = sandbox.state.account();
  const response = await fetch(`http://127.0.0.1:${adminPort}/accounts/${appId}/token`);
  return { status: response.status, text: await response.text() };
}

const said = (server: ServerProcess, message: string) =>
  eventually(() => expect(server.lines().map(({ msg }) => msg)).toContain(message));

describe('given a server whose AppSecret was reset in the console', () => {
  test('when the file has the new one and SIGHUP comes, then the next call goes out with it, and no secret is logged', async () => {
    await write('secret', WRONG);
    const server = await start();
    expect((await askForToken(server)).text).toContain('40125');
    expect((await askForToken(server)).status).not.toBe(200); // it rests

    const { appSecret } = sandbox.state.account();
    await write('secret', `\uFEFF${appSecret}\r\n`);
    server.child.kill('SIGHUP');
    await said(server, 'settings reloaded');
    expect((await askForToken(server)).status).toBe(200);
    expect(server.lines()).toContainEqual(expect.objectContaining({ newSecrets: ['default'] }));

    expect(await server.stop()).toBe(0);
    const log = JSON.stringify(server.lines());
    for (const secret of [WRONG, appSecret]) expect(log).not.toContain(secret);
  });

  test('when it is started again with the new one, then the no to the old one does not stand', async () => {
    await write('secret', WRONG);
    const before = await start();
    expect((await askForToken(before)).text).toContain('40125');
    await before.stop();
    await write('secret', sandbox.state.account().appSecret);
    expect((await askForToken(await start())).status).toBe(200);
  });

  test('when what SIGHUP finds is faulty, or more has changed, then the server goes on and says so', async () => {
    await write('secret', sandbox.state.account().appSecret);
    const server = await start();
    await server.ready();
    await write('secret', '');
    server.child.kill('SIGHUP');
    await said(server, 'settings not reloaded: they have faults, and nothing was changed');
    expect((await askForToken(server)).status).toBe(200);

    await write('secret', sandbox.state.account().appSecret);
    await writeSettings('LATE_REPLY=passive-only\n');
    server.child.kill('SIGHUP');
    await said(server, 'settings pending: others than those of accounts have changed and wait for a restart');
    expect(server.lines()).toContainEqual(expect.objectContaining({ settings: ['lateReply'] }));
  });
});
