import { fork, type ChildProcess } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { endProcess } from './end-process.js';

const CHILD = new URL('token-child.mjs', import.meta.url).pathname;
const DIST = pathToFileURL(process.env['TEST_DIST'] ?? 'dist').href;

const messageSchema = z.object({
  action: z.string(),
  error: z.string().optional(),
  token: z.string().optional(),
  calls: z.number().optional(),
  failures: z.array(z.string()).optional(),
  mostRequests: z.number().optional(),
});
type Message = z.infer<typeof messageSchema>;

/** A process of its own that keeps a token. */
export interface TokenProcess {
  readonly child: ChildProcess;
  /** Resolves with the digest of the token. */
  get(): Promise<string>;
  /** Moves its clock eleven seconds on, past locks and pauses. */
  later(): void;
  /** Makes calls one after the other; the returned function ends that and tells how it went. */
  load(): () => Promise<{ calls: number; failures: string[]; mostRequests: number }>;
}

/** Starts processes that share a store, and keeps all that they log. */
export class TokenProcesses {
  /** Everything written by any of them. */
  log = '';
  private readonly children: ChildProcess[] = [];

  async start(settings: {
    readonly redisUrl: string;
    readonly apiUrl: string;
    readonly prefix: string;
    readonly channel?: 'stable' | 'ordinary';
    readonly clockAheadMs?: number;
  }): Promise<TokenProcess> {
    const told = { dist: `${DIST}/`, channel: 'stable', clockAheadMs: 0, ...settings };
    const child = fork(CHILD, [JSON.stringify(told)], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.children.push(child);
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    await this.hears(child, 'ready');
    const does = async (action: string): Promise<Message> => {
      const done = this.hears(child, action);
      child.send({ action });
      return done;
    };
    return {
      child,
      get: async () => (await does('get')).token ?? '',
      later: () => void child.send({ action: 'later' }),
      load() {
        const done = does('load');
        return async () => {
          child.send({ action: 'stop' });
          const { calls = 0, failures = [], mostRequests = 0 } = await done;
          return { calls, failures, mostRequests };
        };
      },
    };
  }

  async end(): Promise<void> {
    await Promise.all(this.children.map((child) => endProcess(child)));
  }

  private hears(child: ChildProcess, action: string): Promise<Message> {
    return new Promise((resolve, reject) => {
      const onMessage = (raw: unknown): void => {
        const message = messageSchema.parse(raw);
        if (message.action !== action) return;
        stop();
        if (message.error === undefined) resolve(message);
        else reject(new Error(message.error));
      };
      const onExit = (): void => {
        stop();
        reject(new Error(`the process ended before ${action}: ${this.log.slice(-2_000)}`));
      };
      const stop = (): void => {
        child.off('message', onMessage);
        child.off('exit', onExit);
      };
      child.on('message', onMessage);
      child.on('exit', onExit);
    });
  }
}
