import { createServer, type RequestListener, type Server } from 'node:http';
import { ACCESS_POINTS } from './access-points.js';
import { createBus, type Bus } from './bus.js';
import { createMovableClock } from './clock.js';
import { SANDBOX_ACCOUNT } from './default-account.js';
import { createHttpApp } from './http-app.js';
import { push } from './push/push.js';
import type { Sandbox, SandboxOptions } from './types/sandbox.js';
import { createSandboxState, type SandboxState } from './sandbox-state.js';
import type { AccessPointView } from './types.js';

export type { Sandbox, SandboxOptions } from './types/sandbox.js';

const HOST = '127.0.0.1';

/** Builds a sandbox; it listens to nothing before `start()`. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const clock = options.clock ?? createMovableClock();
  const bus = createBus();
  const account = { ...SANDBOX_ACCOUNT, ...options.account };
  let generation = 0;
  let state = build();
  let movedMs = 0;
  const servers: Server[] = [];
  let points: readonly AccessPointView[] = [];
  let ownUrl = '';

  const sandbox: Sandbox = {
    clock,
    drive: options.drive,
    get state() {
      return state;
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
    push: (request) => Promise.all(push(state, request).map(({ done }) => done)),
    reset() {
      state = build();
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
  const app = createHttpApp(sandbox, () => state);

  /** What is still under way on a stage that was thrown away is not told any more. */
  function build(): SandboxState {
    generation += 1;
    const mine = generation;
    const emit: Bus['emit'] = (event) => {
      if (mine === generation) bus.emit(event);
    };
    return createSandboxState({ clock, account, bus: { ...bus, emit } });
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
