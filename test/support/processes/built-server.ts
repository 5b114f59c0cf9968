import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hasEnded } from './end-process.js';
import { eventually } from '../time/eventually.js';

/** A start takes a second; beside other tests, on a slow machine, it takes many. */
const READY_WITHIN_MS = 60_000;

/** A line of the log as it was written. */
export type WrittenLine = Readonly<Record<string, unknown>>;

/** The built server as a process of its own, in a folder of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** Lines of the log so far; those of the last 100 ms may be missing while it runs. */
  lines(): WrittenLine[];
  /** Standard error so far. */
  errors(): string;
  /** The exit code, `null` after a signal, once the process is gone and its output is read. */
  readonly exited: Promise<number | null>;
  /** Waits for the line that says `ready`; resolves with the ports. @throws if the process ends first */
  ready(): Promise<{ port: number; adminPort: number }>;
  /** Ends the process; resolves with the exit code. Default: SIGTERM. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

export interface ServerFolder {
  readonly dir: string;
  /** Starts the server with nothing in its environment but these settings. */
  start(settings: Readonly<Record<string, string>>): ServerProcess;
  /** Kills what still runs and removes the folder. */
  remove(): Promise<void>;
}

/** A working directory for servers, with handler files (name → text of the module). */
export async function makeServerFolder(
  handlers: Readonly<Record<string, string>> = {},
): Promise<ServerFolder> {
  const dir = await mkdtemp(join(tmpdir(), 'server-'));
  const started: ServerProcess[] = [];
  for (const [name, text] of Object.entries(handlers)) await writeFile(join(dir, name), text);
  return {
    dir,
    start(settings) {
      const server = startServer(dir, {
        HOST: '127.0.0.1',
        PORT: '0',
        ADMIN_PORT: '0',
        HANDLERS_DIR: dir,
        ...settings,
      });
      started.push(server);
      return server;
    },
    async remove() {
      await Promise.all(started.map((server) => server.stop('SIGKILL')));
      await rm(dir, { recursive: true });
    },
  };
}

/** Role of a test server: `worker` delivers late answers, `web` answers pushes. */
export type Role = 'all' | 'web' | 'worker';

/** Starts the built server in a folder, with nothing in its environment but these settings. */
export function startServer(
  cwd: string,
  settings: Readonly<Record<string, string>>,
  role: Role = 'all',
  options: readonly string[] = [],
): ServerProcess {
  const command = ['dist/src/cli/main.js', 'serve', '--role', role, ...options];
  const program = role === 'all' && options.length === 0 ? ['dist/src/main.js'] : command;
  const [file = '', ...args] = program;
  const child = spawn(process.execPath, [resolve(file), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const lines = (): WrittenLine[] =>
    out
      .slice(0, out.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '')
      .map((line): WrittenLine => JSON.parse(line));
  const exited = once(child, 'close').then(() => child.exitCode);
  return {
    child,
    lines,
    errors: () => err,
    exited,
    async ready() {
      let ports: { port: number; adminPort: number } | undefined;
      await eventually(() => {
        const line = lines().find(({ msg }) => msg === 'ready');
        if (line !== undefined) ports = { port: Number(line['port']), adminPort: Number(line['adminPort']) };
        else if (!hasEnded(child)) throw new Error(`not ready: ${err}${out}`);
      }, READY_WITHIN_MS);
      if (ports === undefined) throw new Error(`ended with ${child.exitCode}: ${err}${out}`);
      return ports;
    },
    async stop(signal = 'SIGTERM') {
      if (!hasEnded(child)) child.kill(signal);
      return exited;
    },
  };
}
