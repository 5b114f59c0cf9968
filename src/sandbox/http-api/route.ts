import type { Sandbox } from '../types/sandbox.js';
import type { SandboxState } from '../sandbox-state.js';

/** Input of a route. */
export interface RouteContext {
  readonly state: SandboxState;
  readonly sandbox: Sandbox;
  readonly query: URLSearchParams;
  /** The `{…}` part of the path. */
  readonly id: string;
  readonly body: unknown;
}

/** An operation of the JSON API, which returns its response. @throws Problem */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Such as `/api/faults/{id}`. */
  readonly path: string;
  run(context: RouteContext): object | Promise<object>;
}
