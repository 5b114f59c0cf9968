import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient } from '../../../src/adapters/http/http-client.js';
import { diagnose, type Diagnosis } from '../../../src/cli/doctor/diagnose.js';
import { createServer, type CallbackServer } from '../../../src/embed.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { systemClock } from '../../../src/ports/clock.js';
import { createSandbox, type Sandbox } from '../../../src/sandbox/sandbox.js';
import { sparePort } from '../processes/port-of.js';
import { FrontProxy } from './front-proxy.js';

type Settings = Record<string, string>;

const HANDLER = `export default { on: 'message.text', handle: (ctx) => ctx.reply.text('well') };\n`;

/** A whole installation on loopback: server, proxy and WeChat's API. It works until a test breaks something. */
export class Patient {
  /** Settings that `doctor` reads in addition to the server's. */
  readonly env: Settings;
  readonly dir: string;
  readonly proxy: FrontProxy;
  readonly sandbox: Sandbox;
  /** The URL in the console. */
  url: string;
  #server: CallbackServer | undefined;

  private constructor(parts: { dir: string; proxy: FrontProxy; sandbox: Sandbox; env: Settings }) {
    this.dir = parts.dir;
    this.proxy = parts.proxy;
    this.sandbox = parts.sandbox;
    this.env = parts.env;
    this.url = `http://127.0.0.1:${this.proxy.port}/wechat`;
  }

  static async admit(): Promise<Patient> {
    const dir = await mkdtemp(join(tmpdir(), 'doctor-'));
    await mkdir(join(dir, 'handlers'));
    await writeFile(join(dir, 'handlers', 'well.mjs'), HANDLER);
    const sandbox = createSandbox({ port: 0 });
    await sandbox.start();
    const { appId, appSecret, token, encodingAesKey, originalId } = sandbox.state.account();
    const env = {
      HOST: '127.0.0.1',
      PORT: String(await sparePort()),
      ADMIN_PORT: String(await sparePort()),
      DATA_DIR: join(dir, 'data'),
      HANDLERS_DIR: join(dir, 'handlers'),
      WECHAT_APP_ID: appId,
      WECHAT_APP_SECRET: appSecret,
      WECHAT_TOKEN: token,
      WECHAT_ENCODING_AES_KEY: encodingAesKey,
      WECHAT_ORIGINAL_ID: originalId,
      WECHAT_API_BASE_URLS: `${sandbox.url()}/api.weixin.qq.com,${sandbox.url()}/api2.weixin.qq.com`,
      ALARM_DISK_MB: '1',
    };
    const proxy = await FrontProxy.start(() => Number(env.PORT));
    const patient = new Patient({ dir, proxy, sandbox, env });
    sandbox.state.changeAccount({ target: patient.url });
    await patient.restart();
    return patient;
  }

  /** Starts the server anew with the settings of `env`, or others; an empty one is unset. */
  async restart(settings: Settings = {}): Promise<void> {
    await this.stopServer();
    const server = await createServer({ ...this.env, ...settings }, { logger: silentLogger });
    await server.start();
    this.#server = server;
  }

  async stopServer(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  /** Adds a handler, under a new name, because imported modules are cached. */
  async writeHandler(text: string, name: string): Promise<void> {
    await writeFile(join(this.dir, 'handlers', name), text);
  }

  async asksAdmin(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const response = await fetch(`http://127.0.0.1:${this.env['ADMIN_PORT']}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    return typeof answer === 'object' && answer !== null ? { ...answer } : {};
  }

  diagnose(): Promise<Diagnosis> {
    return diagnose(
      { env: this.env, url: new URL(this.url) },
      { http: createHttpClient(), clock: systemClock },
    );
  }

  async discharge(): Promise<void> {
    await this.stopServer();
    await this.proxy.stop();
    await this.sandbox.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** Breaks something; resolves with a function that repairs it. */
export type Illness = (patient: Patient) => Promise<(() => Promise<unknown>) | (() => void)>;

/** Fault, first step that must report it, and the functions that break and repair the server. */
export type Case = readonly [what: string, first: string, illness: Illness];

/** Changes what `doctor` reads, not what the server was started with. */
export const reads =
  (name: string, value: string): Illness =>
  async ({ env }) => {
    const before = env[name] ?? '';
    env[name] = value;
    return () => void (env[name] = before);
  };

/** Starts the server with another setting than doctor reads: what happens when it is not restarted. */
export const runsWith =
  (settings: Settings): Illness =>
  async (patient) => {
    await patient.restart(settings);
    return () => patient.restart();
  };

/** Breaks the installation, runs `doctor`, repairs it, and runs `doctor` again. */
export async function treat(
  patient: Patient,
  illness: Illness,
): Promise<{ readonly sick: Diagnosis; readonly cured: Diagnosis }> {
  const cure = await illness(patient);
  let sick: Diagnosis;
  try {
    sick = await patient.diagnose();
  } finally {
    await cure();
  }
  return { sick, cured: await patient.diagnose() };
}

export const faultsOf = ({ steps }: Diagnosis): string[] =>
  steps.filter(({ state }) => state === 'fault').map(({ id, says }) => `${id}: ${says.en}`);
