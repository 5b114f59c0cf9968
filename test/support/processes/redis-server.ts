import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, hasEnded } from './end-process.js';
import { sparePort } from './port-of.js';

const PATHS = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'];
/** On a machine that is busy with other tests. */
const STARTS_WITHIN_MS = 20_000;

/** A Redis of the test's own, on a spare port, with an append-only file in a folder of its own. */
export class RedisServer {
  readonly port: number;
  private readonly dir: string;
  private readonly fsync: 'always' | 'no';
  private readonly extra: readonly string[];
  private child: ChildProcess | undefined;

  private constructor(
    port: number,
    dir: string,
    { fsync = 'always', settings = [] }: { fsync?: 'always' | 'no'; settings?: readonly string[] },
  ) {
    this.port = port;
    this.dir = dir;
    this.fsync = fsync;
    this.extra = settings;
  }

  /**
   * `fsync`: by default `always`, since under `everysec` a slow disk lets Redis answer before it has written, and a
   * kill then loses that. `no` for tests that do not kill Redis: each write of everybody waits for the disk under
   * `always`, on a loaded machine for seconds, and who cannot beat for two seconds counts as dead.
   * `settings`: more of the command line, `--name value`.
   *
   * @throws when no `redis-server` is installed; `npm test` sees to that beforehand. */
  static async start(options?: {
    fsync?: 'always' | 'no';
    settings?: readonly string[];
  }): Promise<RedisServer> {
    const server = await RedisServer.prepare(options);
    await server.start();
    return server;
  }

  /** A port and a folder, and no server yet. */
  static async prepare(
    options: { fsync?: 'always' | 'no'; settings?: readonly string[] } = {},
  ): Promise<RedisServer> {
    return new RedisServer(await sparePort(), await mkdtemp(join(tmpdir(), 'wechat-redis-')), options);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it (again) on the same port, with what the file kept. */
  async start(): Promise<void> {
    const program = redisProgram();
    const settings = [
      '--appendonly',
      'yes',
      '--appendfsync',
      this.fsync,
      '--save',
      '',
      '--loglevel',
      'warning',
    ];
    const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.dir];
    const child = spawn(program, [...place, ...settings, ...this.extra], { stdio: 'ignore' });
    this.child = child;
    const untilMs = Date.now() + STARTS_WITHIN_MS;
    while (!(await isReady(this.port, child.pid))) {
      if (hasEnded(child) || Date.now() > untilMs)
        throw new Error(`redis-server did not start on port ${this.port}: exit code ${child.exitCode}`);
    }
  }

  /** Kills it, as in a crash: nothing is saved. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child !== undefined) await endProcess(child);
  }

  /** Makes it hang: connections stay open, nothing is answered. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** @throws when no `redis-server` is installed */
export function redisProgram(): string {
  const program = PATHS.find((path) => existsSync(path));
  if (program === undefined) throw new Error('redis-server is not installed: run `npm run pretest`');
  return program;
}

/** Whether this process answers there, and has loaded its file. Another program may have taken the port in between. */
async function isReady(port: number, pid: number | undefined): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(500, () => socket.destroy(new Error('no answer')));
  try {
    await once(socket, 'connect');
    socket.write('PING\r\nINFO server\r\n');
    let answers = '';
    for await (const chunk of socket) {
      answers += String(chunk);
      if (!answers.startsWith('+PONG')) return false;
      const [, answering] = /^process_id:(\d+)\r$/m.exec(answers) ?? [];
      if (answering !== undefined) return Number(answering) === pid;
    }
    return false;
  } catch {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    return false;
  } finally {
    socket.destroy();
  }
}
