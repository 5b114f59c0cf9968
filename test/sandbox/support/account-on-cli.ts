import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../../../src/cli/run-command-line.js';
import { createSandbox, type Sandbox } from '../../../src/sandbox/sandbox.js';
import { sparePort } from '../../support/processes/port-of.js';

/** The command line for the sandbox's account, in a folder of its own. */
export interface AccountOnCli {
  readonly sandbox: Sandbox;
  /** Environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** A path in the folder. */
  path(name: string): string;
  run(...args: string[]): Promise<{ code: number; out: string; err: string }>;
  stop(): Promise<void>;
}

export async function startAccountOnCli(): Promise<AccountOnCli> {
  const sandbox = createSandbox({ port: 0, account: { target: 'http://127.0.0.1:1/wechat' } });
  await sandbox.start();
  const folder = await mkdtemp(join(tmpdir(), 'account-on-cli-'));
  const { appId, appSecret, token } = sandbox.state.account();
  const env = {
    WECHAT_APP_ID: appId,
    WECHAT_APP_SECRET: appSecret,
    WECHAT_TOKEN: token,
    WECHAT_API_BASE_URLS: `${sandbox.url()}/api.weixin.qq.com`,
    DATA_DIR: join(folder, 'data'),
    ADMIN_PORT: String(await sparePort()),
  };
  Object.assign(process.env, env);
  return {
    sandbox,
    env,
    path: (name) => join(folder, name),
    async run(...args) {
      const said = { out: '', err: '' };
      const code = await runCommandLine(args, {
        out: (text) => void (said.out += `${text}\n`),
        err: (text) => void (said.err += `${text}\n`),
      });
      return { code, ...said };
    },
    async stop() {
      for (const name of Object.keys(env)) delete process.env[name];
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
