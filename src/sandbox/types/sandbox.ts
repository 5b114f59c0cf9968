import type { RequestListener } from 'node:http';
import type { SandboxClock } from '../clock.js';
import type { SandboxState } from '../sandbox-state.js';
import type { AccessPointView, Account, Exchange, MenuButton, PushRequest } from './types.js';

export interface SandboxOptions {
  /** Overrides fields of the fixed test account. */
  readonly account?: Partial<Account>;
  /** Default 8090; 0: any free port. */
  readonly port?: number;
  /** Address to listen on. Default 127.0.0.1. On any other, page and JSON API ask for the key. */
  readonly host?: string;
  /** The key of page and JSON API. Default: a random one where others can reach the sandbox, else none. */
  readonly key?: string;
  /** Listens for https as well, for clients that know only WeChat's own names; `cert` and `key` are PEM. */
  readonly tls?: { readonly port: number; readonly cert: string | Buffer; readonly key: string | Buffer };
  /** The account's menu at the start and after a reset. Default: none. */
  readonly menu?: readonly MenuButton[];
  /** `paths` (default): all access points on one port. `ports`: each also on a free port of its own. */
  readonly accessPoints?: 'paths' | 'ports';
  /** Default: the machine's clock, which can be moved ahead. */
  readonly clock?: SandboxClock;
  /** Called while the sandbox waits, so that a test can move all clocks in small steps. */
  readonly drive?: () => Promise<void>;
}

/** Simulates WeChat in one process: it pushes, and it serves the API. */
export interface Sandbox {
  readonly clock: SandboxClock;
  /** The request listener, for your own server. */
  readonly http: RequestListener;
  /** The whole state, which a test in the same process may read directly. */
  readonly state: SandboxState;
  readonly drive: (() => Promise<void>) | undefined;
  accessPoints(): readonly AccessPointView[];
  /** The key that page and JSON API ask for; `undefined`: none. */
  readonly key: string | undefined;
  /** `http://127.0.0.1:<port>`, once it is started. */
  url(): string;
  /** Address of the page, with the key if there is one. */
  pageUrl(): string;
  time(): { readonly nowMs: number; readonly movedMs: number };
  /** Advances time and runs due timers. */
  advance(ms: number): Promise<{ readonly nowMs: number; readonly movedMs: number }>;
  /** Returns to the machine's time. What happened in the future is undone: all is reset. */
  turnBack(): { readonly nowMs: number; readonly movedMs: number };
  push(request: PushRequest): Promise<readonly Exchange[]>;
  /** Resets everything except the clock. */
  reset(): void;
  /** Listens. `tlsPort`: of https. @throws errors of `listen`, such as EADDRINUSE, and of a faulty certificate */
  start(): Promise<{ readonly port: number; readonly tlsPort?: number }>;
  stop(): Promise<void>;
}
