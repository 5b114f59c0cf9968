import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startServer,
  type Role,
  type ServerProcess as BuiltServer,
  type WrittenLine,
} from './built-server.js';
import { eventually } from '../time/eventually.js';
import { TEST_TOKEN } from '../wechat/wechat.js';

/**
 * One handler for all tests: the text says what it does. `slow 900 x` answers after 900 ms, `defer 200 x` leaves the
 * answer to `later`, which takes 200 ms; `hold 600 x` does so after it has held the event loop up for 600 ms. The first run of `hang x` never ends; when it is told to, that of `heed x` ends
 * by throwing, that of `quit x` with nothing, and that of `stream x` goes no further than its first sentence. `later-quit x`
 * and `later-stream x` do the same in `later`. `tell 4400 x` says its beginning at once, more after 4,400 ms, and the end 2 s later. `long 900 x` answers
 * at once with so many numbers after its text; `throw x` throws. `choices 900 x` offers «yes» and «wait» after 900 ms; the
 * first run of a tap on «wait» never ends. Every run adds a line to the file `runs`. `answerTo` says what the user is to see.
 */
const HANDLER = `
import { appendFileSync } from 'node:fs';
const note = (run, content) => appendFileSync(new URL('../runs', import.meta.url), run + ' ' + content + '\\n');
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
const told = (signal) => new Promise((resume) => signal.addEventListener('abort', resume));
async function* written(answer, isWhole) {
  if (!isWhole) yield 'begun. ';
  if (!isWhole) await new Promise((resume) => setInterval(resume, 2 ** 31 - 1));
  yield answer;
}
async function* telling(answer, ms) {
  yield 'begun. ';
  await pause(Number(ms));
  yield 'more. ';
  await pause(2000);
  yield answer;
}
export default {
  on: 'message.text',
  async handle({ push: { content }, reply, defer, attempt, signal }) {
    note('handle', content);
    const [how, ms] = content.split(' ');
    if (how === 'hang' && attempt === 1) await new Promise((resume) => setInterval(resume, 2 ** 31 - 1));
    if (how === 'heed' && attempt === 1)
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    if (how === 'quit' && attempt === 1) return void (await told(signal));
    if (how === 'stream') return reply.stream(written('answer: ' + content, attempt > 1));
    if (how === 'tell') return reply.stream(telling('answer: ' + content, ms));
    if (how.startsWith('later-')) return defer({ content, ms: 0, how: how.slice(6) });
    if (how === 'hold') for (const endMs = Date.now() + Number(ms); Date.now() < endMs; );
    if (how === 'hold') return defer({ content, ms: 0 });
    if (how === 'defer') return defer({ content, ms: Number(ms) });
    if (how === 'throw') throw new Error('on purpose');
    if (how === 'long') return reply.text('answer: ' + content + Array.from({ length: Number(ms) }, (_, at) => ' ' + at).join(''));
    if (how === 'slow' || how === 'choices') await pause(Number(ms));
    if (how === 'choices') return reply.choices([{ label: 'yes', id: 'y' }, { label: 'wait', id: 'w' }], { head: 'answer: ' + content });
    return reply.text('answer: ' + content);
  },
  async later({ reply, attempt, signal }, { content, ms, how }) {
    note('later', content);
    if (how === 'quit' && attempt === 1) return void (await told(signal));
    if (how === 'stream') return reply.stream(written('answer: ' + content, attempt > 1));
    await pause(ms);
    return reply.text('answer: ' + content);
  },
  async chosen({ push: { content }, reply, attempt }, id) {
    note('chosen', content + ' ' + id);
    if (id === 'w' && attempt === 1) await new Promise((resume) => setInterval(resume, 2 ** 31 - 1));
    return reply.text('answer: chosen ' + id);
  },
};
`;

/** What a user sees in all of the answer to a text; undefined: nothing. */
export function answerTo(content: string): string | undefined {
  const [how, count] = content.split(' ');
  const answer = `answer: ${content}`;
  if (how === 'throw') return undefined;
  if (how === 'long') return answer + Array.from({ length: Number(count) }, (_, at) => ` ${at}`).join('');
  return how === 'tell' || how === 'stream' ? `begun. ${how === 'tell' ? 'more. ' : ''}${answer}` : answer;
}

/** A server that is ready, built, in a process of its own. */
export interface ServerProcess {
  /** Where WeChat pushes to. */
  readonly url: string;
  readonly pid: number;
  /** Lines of its log so far; those of the last 100 ms may be missing. */
  readonly log: readonly WrittenLine[];
  /** The `status` of `/readyz`. */
  readiness(): Promise<string>;
  /** How many late answers wait, as the admin listener says; those apart that only wait for their user. */
  waitingJobs(): Promise<number | null>;
  jobsInMailbox(): Promise<number>;
  deadLetters(): Promise<{ pushId: string; reason: string; user: string }[]>;
  /** Stops the process, like the migration of a virtual machine, until `resume`. */
  freeze(): void;
  resume(): void;
  /** Resolves once the process is gone. */
  readonly ended: Promise<unknown>;
  /** Kills it, as in a crash. */
  kill(): Promise<void>;
  /** Stops it, as an operator does. Resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** A folder with handlers and data, on which servers are started one after the other or side by side. */
export class ServerGround {
  private readonly dir: string;
  private readonly settings: Readonly<Record<string, string>>;
  private readonly started: BuiltServer[] = [];

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

  /** Where servers without Redis keep what they were given. */
  get dataDir(): string {
    return join(this.dir, 'data');
  }

  /** The runs so far: `handle <text>` and `later <text>`. */
  async runs(): Promise<string[]> {
    return (await readFile(join(this.dir, 'runs'), 'utf8')).split('\n').filter((line) => line !== '');
  }

  /** A claim that names the `MsgId` of a push, with what all servers of this ground, those that ended too, logged about it. */
  withLog(claim: string): string {
    const [, msgId] = /MsgId (\d+)/.exec(claim) ?? [];
    if (msgId === undefined) return claim;
    const lines = this.started.flatMap((server) => server.lines()).map((line) => JSON.stringify(line));
    return [claim, ...lines.filter((line) => line.includes(msgId))].join('\n      ');
  }

  async start(settings: Readonly<Record<string, string>> = {}, role: Role = 'all'): Promise<ServerProcess> {
    const server = startServer(
      this.dir,
      {
        PORT: '0',
        HOST: '127.0.0.1',
        ADMIN_PORT: '0',
        WECHAT_APP_ID: 'wx0000000000000001',
        WECHAT_APP_SECRET: 'test-secret',
        WECHAT_TOKEN: TEST_TOKEN,
        DATA_DIR: this.dataDir,
        HANDLERS_DIR: join(this.dir, 'handlers'),
        ON_AMBIGUOUS_SEND: 'drop',
        ...this.settings,
        ...settings,
      },
      role,
    );
    this.started.push(server);
    const { port, adminPort } = await server.ready();
    const admin = `http://127.0.0.1:${adminPort}`;
    // Tests begin with a server that has been up for a moment: WeChat said what the account may.
    await eventually(async () => {
      if (JSON.stringify(await getJson(`${admin}/status`)).includes('not-known-yet'))
        throw new Error('the server does not know yet whether the account may send');
    });
    return {
      url: `http://127.0.0.1:${port}/wechat`,
      pid: server.child.pid ?? 0,
      get log() {
        return server.lines();
      },
      readiness: async () => field(await getJson(`http://127.0.0.1:${port}/readyz`), 'status', String),
      waitingJobs: async () =>
        field(await getJson(`${admin}/status`), 'waitingJobs', (jobs) =>
          jobs === null ? null : Number(jobs),
        ),
      jobsInMailbox: async () =>
        field(await getJson(`${admin}/status`), 'lateWork', (counts) => field(counts, 'inMailbox', Number)),
      async deadLetters() {
        const letters = field(await getJson(`${admin}/dead-letters?limit=1000`), 'letters', (list) => list);
        if (!Array.isArray(letters)) throw new Error(`no dead letters, but ${JSON.stringify(letters)}`);
        return letters.map((letter) => ({
          pushId: field(letter, 'pushId', String),
          reason: field(letter, 'reason', String),
          user: field(letter, 'user', String),
        }));
      },
      ended: server.exited,
      freeze: () => void server.child.kill('SIGSTOP'),
      resume: () => void server.child.kill('SIGCONT'),
      async kill() {
        await server.stop('SIGKILL');
      },
      stop: () => server.stop(),
    };
  }

  /** Ends what still runs, and removes the folder. */
  async clear(): Promise<void> {
    await Promise.all(this.started.map((server) => server.stop('SIGKILL')));
    await rm(this.dir, { recursive: true, force: true });
  }
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
