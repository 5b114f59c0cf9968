import { resolve } from 'node:path';
import { createSandbox, type Sandbox } from '../../../src/sandbox/sandbox.js';
import type { Account } from '../../../src/sandbox/types/types.js';
import { ServerGround, type ServerProcess } from './server-process.js';

/** The sandbox, and our built server in a process of its own, each knowing where the other is. */
export interface SandboxUpstream {
  readonly sandbox: Sandbox;
  readonly server: ServerProcess;
  /** Calls the sandbox's JSON API. */
  call(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  /** Back to our server and to safe mode, no faults, no records. */
  tidy(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSandboxUpstream(): Promise<SandboxUpstream> {
  const sandbox = createSandbox({ port: 0 });
  await sandbox.start();
  const account = sandbox.state.account();
  const ground = await ServerGround.make(environmentOf(account, sandbox.url()));
  const server = await ground.start();

  const far: SandboxUpstream = {
    sandbox,
    server,
    async call(method, path, body) {
      const response = await fetch(sandbox.url() + path, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      });
      const answer: unknown = await response.json();
      if (!response.ok || typeof answer !== 'object' || answer === null) {
        throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
      }
      return { ...answer };
    },
    async tidy() {
      await far.call('PUT', '/api/account', { target: server.url, mode: 'safe' });
      await far.call('DELETE', '/api/faults');
      await far.call('DELETE', '/api/exchanges');
    },
    async stop() {
      await server.stop();
      await ground.clear();
      await sandbox.stop();
    },
  };
  return far;
}

function environmentOf(account: Account, sandboxUrl: string): Record<string, string> {
  return {
    WECHAT_APP_ID: account.appId,
    WECHAT_APP_SECRET: account.appSecret,
    WECHAT_TOKEN: account.token,
    WECHAT_ENCODING_AES_KEY: account.encodingAesKey,
    WECHAT_ORIGINAL_ID: account.originalId,
    WECHAT_CIPHER_MODE: 'safe',
    // The sandbox's clock is moved, the server's is not.
    MAX_PUSH_AGE_S: '0',
    WECHAT_API_BASE_URLS: `${sandboxUrl}/api.weixin.qq.com`,
    HANDLERS_DIR: resolve('dist/src/demo'),
  };
}
