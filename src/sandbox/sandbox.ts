import { createServer, type RequestListener, type Server } from 'node:http';
import { ACCESS_POINTS } from './access-points.js';
import { createBus, type Bus } from './bus.js';
import { createMovableClock, type SandboxClock } from './clock.js';
import { SANDBOX_ACCOUNT } from './default-account.js';
import { createHttpApp } from './http-app.js';
import { push } from './push/push.js';
import { createStage, type Stage } from './stage.js';
import type { AccessPointView, Account, Exchange, PushRequest } from './types.js';

export interface SandboxOptions {
  /** Of the test account; what is absent is the fixed one. */
  readonly account?: Partial<Account>;
  /** Default 8090; 0: any free one. */
  readonly port?: number;
  /** `paths` (default): all access points on the one port. `ports`: each on a free port of its own as well. */
  readonly accessPoints?: 'paths' | 'ports';
  /** Default: the machine's clock, which can be moved ahead. */
  readonly clock?: SandboxClock;
  /** Moves the clock of everybody in a test by small steps while the sandbox waits for something. */
  readonly drive?: () => Promise<void>;
}

/** WeChat's two sides in one process. */
export interface Sandbox {
  readonly clock: SandboxClock;
  /** The whole listener, for a server of one's own. */
  readonly http: RequestListener;
  /** All records and books: what a test in the same process may look at directly. */
  readonly stage: Stage;
  readonly drive: (() => Promise<void>) | undefined;
  accessPoints(): readonly AccessPointView[];
  /** `http://127.0.0.1:<port>`, once it is started. */
  url(): string;
  time(): { readonly nowMs: number; readonly movedMs: number };
  /** Moves time on; what falls due on the way happens. */
  advance(ms: number): Promise<{ readonly nowMs: number; readonly movedMs: number }>;
  push(request: PushRequest): Promise<readonly Exchange[]>;
  /** Everything as at the start, but for the clock. */
  reset(): void;
  /** Listens on 127.0.0.1. */
  start(): Promise<{ readonly port: number }>;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Builds a sandbox; it listens to nothing before `start()`. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const clock = options.clock ?? createMovableClock();
  const bus = createBus();
  const account = { ...SANDBOX_ACCOUNT, ...options.account };
  let generation = 0;
  let stage = build();
  let movedMs = 0;
  const servers: Server[] = [];
  let points: readonly AccessPointView[] = [];
  let ownUrl = '';

  const sandbox: Sandbox = {
    clock,
    drive: options.drive,
    get stage() {
      return stage;
    },
    http: (incoming, response) => app.all(incoming, response),
    accessPoints: () => points,
    url: () => ownUrl,
    time: () => ({ nowMs: clock.now(), movedMs }),
    async advance(ms) {
      await clock.advance(ms);
      movedMs += ms;
      bus.emit({ event: 'clock', data: sandbox.time() });
      return sandbox.time();
    },
    push: (request) => Promise.all(push(stage, request).map(({ done }) => done)),
    reset() {
      stage = build();
      bus.emit({ event: 'reset', data: {} });
    },
    async start() {
      const port = await listen(app.all, options.port ?? 8090);
      ownUrl = `http://${HOST}:${port}`;
      points = await Promise.all(
        ACCESS_POINTS.map(async ({ name, host }) => {
          if (options.accessPoints !== 'ports') return { name, host, url: `${ownUrl}/${host}` };
          return { name, host, url: `http://${HOST}:${await listen(app.only(name), 0)}` };
        }),
      );
      return { port };
    },
    async stop() {
      app.endStreams();
      await Promise.all(servers.splice(0).map(close));
    },
  };
  const app = createHttpApp(sandbox, () => stage);

  /** What is still under way on a stage that was thrown away is not told any more. */
  function build(): Stage {
    generation += 1;
    const mine = generation;
    const emit: Bus['emit'] = (event) => {
      if (mine === generation) bus.emit(event);
    };
    return createStage({ clock, account, bus: { ...bus, emit } });
  }

  /** Only this machine is listened to: the sandbox knows no passwords. @throws what `listen` throws, EADDRINUSE first */
  async function listen(listener: RequestListener, port: number): Promise<number> {
    const server = createServer(listener);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, HOST, resolve);
    });
    servers.push(server);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  return sandbox;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
