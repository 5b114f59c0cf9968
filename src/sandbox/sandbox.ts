import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIPv6 } from 'node:net';
import { ACCESS_POINTS } from './access-points.js';
import { createBus, type Bus } from './bus.js';
import { createMovableClock } from './clock.js';
import { SANDBOX_ACCOUNT } from './default-account.js';
import { createHttpApp } from './http-app.js';
import { newKey } from './http-api/key-guard.js';
import { push } from './push/push.js';
import type { Sandbox, SandboxOptions } from './types/sandbox.js';
import { createSandboxState, type SandboxState } from './sandbox-state.js';
import type { AccessPointView } from './types/types.js';

export type { Sandbox, SandboxOptions } from './types/sandbox.js';

const LOOPBACK = '127.0.0.1';
/** Addresses that only this machine reaches. */
const isLoopback = (host: string): boolean => /^(?:127\.[\d.]+|::1|localhost)$/.test(host);

/** Creates a sandbox. It does not listen before `start()`. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const clock = options.clock ?? createMovableClock();
  const bus = createBus();
  const account = { ...SANDBOX_ACCOUNT, ...options.account };
  const host = options.host ?? LOOPBACK;
  const key = options.key ?? (isLoopback(host) ? undefined : newKey());
  let generation = 0;
  let state = build();
  let movedMs = 0;
  const servers: Server[] = [];
  let points: readonly AccessPointView[] = [];
  let ownUrl = '';

  const sandbox: Sandbox = {
    clock,
    drive: options.drive,
    key,
    get state() {
      return state;
    },
    http: (incoming, response) => app.all(incoming, response),
    accessPoints: () => points,
    url: () => ownUrl,
    pageUrl: () => (key === undefined ? ownUrl : `${ownUrl}/?key=${encodeURIComponent(key)}`),
    time: () => ({ nowMs: clock.now(), movedMs }),
    async advance(ms) {
      await clock.advance(ms);
      movedMs += ms;
      bus.emit({ event: 'clock', data: sandbox.time() });
      return sandbox.time();
    },
    turnBack() {
      clock.turnBack?.();
      movedMs = 0;
      sandbox.reset();
      bus.emit({ event: 'clock', data: sandbox.time() });
      return sandbox.time();
    },
    push: (request) => Promise.all(push(state, request).map(({ done }) => done)),
    reset() {
      state = build();
      bus.emit({ event: 'reset', data: {} });
    },
    async start() {
      const { tls } = options;
      const port = await listen(createServer(app.all), options.port ?? 8090);
      ownUrl = `http://${shownHost(host)}:${port}`;
      points = await Promise.all(
        ACCESS_POINTS.map(async ({ name, host: itsName }) => {
          if (options.accessPoints !== 'ports') return { name, host: itsName, url: `${ownUrl}/${itsName}` };
          const own = await listen(createServer(app.only(name)), 0);
          return { name, host: itsName, url: `http://${shownHost(host)}:${own}` };
        }),
      );
      if (tls === undefined) return { port };
      return {
        port,
        tlsPort: await listen(createTlsServer({ cert: tls.cert, key: tls.key }, app.all), tls.port),
      };
    },
    async stop() {
      app.endStreams();
      await Promise.all(servers.splice(0).map(close));
    },
  };
  const app = createHttpApp(sandbox, () => state);

  /** Creates a new state. Work in progress on the old state is no longer reported. */
  function build(): SandboxState {
    generation += 1;
    const mine = generation;
    const emit: Bus['emit'] = (event) => {
      if (mine === generation) bus.emit(event);
    };
    const built = createSandboxState({ clock, account, bus: { ...bus, emit } });
    if (options.menu !== undefined) built.menus.create(options.menu);
    return built;
  }

  async function listen(server: Server, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    servers.push(server);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  return sandbox;
}

/** The host of an address that leads here: a wildcard is none. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return LOOPBACK;
  return isIPv6(host) ? `[${host}]` : host;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
