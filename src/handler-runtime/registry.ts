import type { Handler } from './define-handler.js';
import type { Observer } from './define-observer.js';
import type { On } from './event-filter.js';

/** A handler with its name, as the router takes it. */
export interface LoadedHandler {
  /** Its file's path in the folder without the extension: `weather`, `shop/order`. Stands in logs and stored jobs. */
  readonly name: string;
  readonly file: string;
  readonly on: readonly On[];
  readonly module: Handler;
}

export interface LoadedObserver {
  readonly name: string;
  readonly file: string;
  readonly on: readonly On[];
  readonly module: Observer;
}

/** All that a folder of handlers holds. */
export interface LoadedHandlers {
  readonly handlers: readonly LoadedHandler[];
  readonly observers: readonly LoadedObserver[];
}
