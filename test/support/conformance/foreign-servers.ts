import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import type { CipherMode } from '../../../src/protocol/cipher-mode.js';
import { rules } from '../../../src/sandbox/conformance/rules.js';
import { runRules } from '../../../src/sandbox/conformance/run-rules.js';
import { FIXTURE_ACCOUNT } from '../wechat/seal.js';
import { targetAt } from './target-at.js';

/** A server that is not ours, and the verdict that is right for it: `test/foreign/verdicts.json`. */
export interface ForeignServer {
  /** What kind of server it is; never a name. */
  readonly kind: string;
  /** The program and its arguments, in `test/foreign`. Its first line of output is its port. */
  readonly command: readonly string[];
  readonly mode: CipherMode;
  /** Whether this package's own dependencies are enough to start it. */
  readonly isHere: boolean;
  /** The rules to judge, where a server is too slow for all of them. */
  readonly only?: readonly string[];
  /** How the run ends, where it ends early. */
  readonly stop?: string;
  /** Each broken rule with the reason why that verdict is right. */
  readonly breaks: Readonly<Record<string, string>>;
}

/** The folder of the servers. Those that need packages of their own are started in a copy of it that has them. */
export const FOREIGN = fileURLToPath(new URL('../../foreign/', import.meta.url));

export const foreignServers: readonly ForeignServer[] = JSON.parse(
  readFileSync(join(FOREIGN, 'verdicts.json'), 'utf8'),
);

/** Starts such a server; the account is the fixtures'. */
export async function startForeign(
  { command, mode }: Pick<ForeignServer, 'command' | 'mode'>,
  folder = FOREIGN,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: URL; stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void> }> {
  const [program = '', ...args] = command;
  const { token, encodingAesKey, appId } = FIXTURE_ACCOUNT;
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: folder,
    env: {
      ...process.env,
      MODE: mode,
      TOKEN: token,
      AES_KEY: encodingAesKey,
      APP_ID: appId,
      OUR_PACKAGE: new URL('../../../dist/src/index.js', import.meta.url).href,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const [port]: unknown[] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(() => Promise.reject(new Error(`${command.join(' ')} ended before it listened`))),
  ]);
  return {
    url: new URL(`http://127.0.0.1:${Number(port)}/wechat`),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await ended;
    },
  };
}

/** A server that holds attempts takes eleven seconds per exchange. */
const SLOW_BUDGET_MS = 180_000;

/** The verdict on a server that is started for it and stopped after it. */
export async function verdictOn(
  foreign: ForeignServer,
  folder = FOREIGN,
): Promise<{
  readonly stop: string | undefined;
  readonly breaks: readonly string[];
  readonly ms: number;
}> {
  const server = await startForeign(foreign, folder);
  try {
    const target = targetAt(server.url, foreign.mode);
    const chosen = rules.filter(({ id }) => foreign.only?.includes(id) ?? true);
    const budgetMs = foreign.only === undefined ? 55_000 : SLOW_BUDGET_MS;
    const report = await runRules(chosen, { ...target, timeoutMs: 5_000, budgetMs });
    return {
      stop: report.stop?.type,
      breaks: report.judged.flatMap(({ rule, finding }) => (finding.type === 'broken' ? [rule.id] : [])),
      ms: report.ms,
    };
  } finally {
    await server.stop();
  }
}
