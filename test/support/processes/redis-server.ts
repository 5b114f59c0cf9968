import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    this.child = spawn(program, [...place, ...settings, ...this.extra], { stdio: 'ignore' });
    const untilMs = Date.now() + STARTS_WITHIN_MS;
    while (!(await answersPing(this.port))) {
      const { exitCode } = this.child;
      if (exitCode !== null || Date.now() > untilMs)
        throw new Error(`redis-server did not start on port ${this.port}: exit code ${exitCode}`);
    }
  }

  /** Kills it, as in a crash: nothing is saved. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.child = undefined;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
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

/** One PING; a server that still loads its file answers `-LOADING`. */
async function answersPing(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(500, () => socket.destroy(new Error('no answer')));
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = await once(socket, 'data');
    return String(answer).startsWith('+PONG');
  } catch {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    return false;
  } finally {
    socket.destroy();
  }
}
