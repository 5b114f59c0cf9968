import type { RequestListener } from 'node:http';
import type { SandboxClock } from '../clock.js';
import type { SandboxState } from '../sandbox-state.js';
import type { AccessPointView, Account, Exchange, PushRequest } from '../types.js';

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
  readonly state: SandboxState;
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
