import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sparePort } from '../support/processes/port-of.js';
import { eventually } from '../support/time/eventually.js';

let folder: string;
let npm: ChildProcess | undefined;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'npm-run-'));
});
afterEach(async () => {
  const pid = npm?.pid;
  if (pid !== undefined) endGroup(pid);
  await eventually(() => expect(readyPids().filter(isAlive)).toEqual([]));
  rmSync(folder, { recursive: true });
});

const endGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
};

/** Runs an npm script of this repository with the ports of nobody. */
async function npmRun(script: string): Promise<ChildProcess> {
  const [PORT, SANDBOX_PORT, ADMIN_PORT] = [
    String(await sparePort()),
    String(await sparePort()),
    String(await sparePort()),
  ];
  out = '';
  npm = spawn('npm', ['run', '--silent', script], {
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      HOST: '127.0.0.1',
      PORT,
      SANDBOX_PORT,
      ADMIN_PORT,
      DATA_DIR: join(folder, 'data'),
      ...(script === 'start' && { WECHAT_APP_ID: 'wx-npm', WECHAT_TOKEN: 'npm-token' }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [npm.stdout, npm.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (out += text));
  await eventually(() => expect(out).toContain('"msg":"ready"'), 60_000);
  return npm;
}

/** The processes that said that they are ready. */
const readyPids = (): number[] =>
  [...out.matchAll(/"pid":(\d+)[^\n]*"msg":"ready"/g)].map(([, pid]) => Number(pid));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('given a server that npm started', () => {
  test.each<[script: string, signal: NodeJS.Signals]>([
    ['start', 'SIGTERM'],
    ['start', 'SIGKILL'],
    ['dev', 'SIGTERM'],
    ['dev', 'SIGKILL'],
  ])('when npm run %s gets %s, then what it started ends, too', async (script, signal) => {
    const { pid = 0 } = await npmRun(script);
    const [server = 0] = readyPids();
    if (script === 'dev') await eventually(() => expect(out).toContain('Sandbox:'));
    process.kill(pid, signal);
    await eventually(() => expect(out).toContain('"msg":"stopped"'), 30_000);
    await eventually(() => expect([server, ...inGroup(pid)].filter(isAlive)).toEqual([]), 30_000);
  });
});

/** The processes of a group, a shell and a runner of TypeScript among them; none where the system has no /proc. */
const inGroup = (group: number): number[] =>
  existsSync('/proc')
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name) && groupOf(name) === group)
        .map(Number)
    : [];

function groupOf(pid: string): number | undefined {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[2],
    );
  } catch {
    return undefined; // it has just ended
  }
}
