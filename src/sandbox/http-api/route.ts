import type { Sandbox } from '../types/sandbox.js';
import type { SandboxState } from '../sandbox-state.js';

/** What a route gets to see. */
export interface RouteContext {
  readonly state: SandboxState;
  readonly sandbox: Sandbox;
  readonly query: URLSearchParams;
  /** The `{…}` part of the path. */
  readonly id: string;
  readonly body: unknown;
}

/** One operation of the JSON API; the object it returns is the answer. @throws Problem */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Such as `/api/faults/{id}`. */
  readonly path: string;
  run(context: RouteContext): object | Promise<object>;
}
