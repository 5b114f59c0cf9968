import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { TEST_TOKEN } from './wechat.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const STARTS_WITHIN_MS = 15_000;

/**
 * One handler for all tests: the text says what it does. `slow 900 x` answers after 900 ms, `defer 200 x` leaves the
 * answer to `later`, which takes 200 ms, the first run of `hang x` never ends, and that of `heed x` ends by throwing
 * when it is told to. Every run adds a line to the file
 * `runs`.
 */
const HANDLER = `
import { appendFileSync } from 'node:fs';
const note = (run, content) => appendFileSync(new URL('../runs', import.meta.url), run + ' ' + content + '\\n');
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
export default {
  on: 'message.text',
  async handle({ push: { content }, reply, defer, attempt, signal }) {
    note('handle', content);
    const [how, ms] = content.split(' ');
    if (how === 'hang' && attempt === 1) await new Promise((resume) => setInterval(resume, 2 ** 31 - 1));
    if (how === 'heed' && attempt === 1)
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    if (how === 'defer') return defer({ content, ms: Number(ms) });
    if (how === 'slow') await pause(Number(ms));
    return reply.text('answer: ' + content);
  },
  async later({ reply }, { content, ms }) {
    note('later', content);
    await pause(ms);
    return reply.text('answer: ' + content);
  },
};
`;

/** A line of the server's log. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A server that runs, built, in a process of its own. */
export interface ServerProcess {
  /** Where WeChat pushes to. */
  readonly url: string;
  readonly log: readonly LogLine[];
  /** The `status` of `/readyz`. */
  readiness(): Promise<string>;
  /** How many late answers wait, as the admin listener says. */
  waitingJobs(): Promise<number | null>;
  deadLetters(): Promise<{ pushId: string; reason: string; user: string }[]>;
  /** As a crash. */
  kill(): Promise<void>;
  /** As an operator does. Resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** A folder with handlers and data, on which servers are started one after the other or side by side. */
export class ServerGround {
  private readonly dir: string;
  private readonly settings: Readonly<Record<string, string>>;
  private readonly children = new Set<ChildProcess>();

  private constructor(dir: string, settings: Readonly<Record<string, string>>) {
    this.dir = dir;
    this.settings = settings;
  }

  /** @param settings  environment of all servers on this ground */
  static async make(settings: Readonly<Record<string, string>>): Promise<ServerGround> {
    const dir = await mkdtemp(join(tmpdir(), 'wechat-server-'));
    await mkdir(join(dir, 'handlers'));
    await writeFile(join(dir, 'handlers', 'tested.mjs'), HANDLER);
    await writeFile(join(dir, 'runs'), '');
    return new ServerGround(dir, settings);
  }

  /** The runs so far: `handle <text>` and `later <text>`. */
  async runs(): Promise<string[]> {
    return (await readFile(join(this.dir, 'runs'), 'utf8')).split('\n').filter((line) => line !== '');
  }

  async start(settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const child = spawn(process.execPath, [MAIN], {
      cwd: this.dir,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        HOST: '127.0.0.1',
        ADMIN_PORT: '0',
        WECHAT_APP_ID: 'wx0000000000000001',
        WECHAT_APP_SECRET: 'test-secret',
        WECHAT_TOKEN: TEST_TOKEN,
        DATA_DIR: join(this.dir, 'data'),
        HANDLERS_DIR: join(this.dir, 'handlers'),
        ON_AMBIGUOUS_SEND: 'drop',
        ...this.settings,
        ...settings,
      },
    });
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    const log: LogLine[] = [];
    const { port, adminPort } = await ready(child, log);
    const admin = `http://127.0.0.1:${adminPort}`;
    return {
      url: `http://127.0.0.1:${port}/wechat`,
      log,
      readiness: async () => field(await getJson(`http://127.0.0.1:${port}/readyz`), 'status', String),
      waitingJobs: async () =>
        field(await getJson(`${admin}/status`), 'waitingJobs', (jobs) =>
          jobs === null ? null : Number(jobs),
        ),
      async deadLetters() {
        const letters = await getJson(`${admin}/dead-letters`);
        if (!Array.isArray(letters)) throw new Error(`no dead letters, but ${JSON.stringify(letters)}`);
        return letters.map((letter) => ({
          pushId: field(letter, 'pushId', String),
          reason: field(letter, 'reason', String),
          user: field(letter, 'user', String),
        }));
      },
      async kill() {
        await end(child, 'SIGKILL');
      },
      stop: () => end(child, 'SIGTERM'),
    };
  }

  /** Ends what still runs, and removes the folder. */
  async clear(): Promise<void> {
    await Promise.all([...this.children].map((child) => end(child, 'SIGKILL')));
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** Resolves with the ports once the server says that it is ready, and keeps its log from the first line on. */
function ready(child: ChildProcess, log: LogLine[]): Promise<{ port: number; adminPort: number }> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(new Error(`the server ${why}; it said: ${log.map(({ msg }) => msg).join(' | ')}`));
    const limit = setTimeout(fail, STARTS_WITHIN_MS, 'was not ready in time');
    child.once('exit', (code, signal) => {
      clearTimeout(limit);
      fail(`ended with ${code ?? signal}`);
    });
    if (child.stdout === null) throw new Error('no stdout');
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line: LogLine = JSON.parse(text);
      log.push(line);
      if (line.msg !== 'ready') return;
      clearTimeout(limit);
      resolve({ port: Number(line['port']), adminPort: Number(line['adminPort']) });
    });
  });
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
  return child.exitCode;
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  return response.json();
}

function field<T>(value: unknown, name: string, read: (value: unknown) => T): T {
  if (typeof value !== 'object' || value === null || !(name in value))
    throw new Error(`no "${name}" in ${JSON.stringify(value)}`);
  return read(Object.entries(value).find(([key]) => key === name)?.[1]);
}
