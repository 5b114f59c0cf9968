import type { Handler } from './define-handler.js';
import type { Observer } from './define-observer.js';
import type { On } from './event-filter.js';

/** A handler with its name, for the router. */
export interface LoadedHandler {
  /** Path of its file in the directory without the extension: `weather`, `shop/order`. Used in logs and stored jobs. */
  readonly name: string;
  readonly file: string;
  readonly on: readonly On[];
  readonly module: Handler;
  /** A demo handler: used only if no other handler takes the push. */
  readonly isDemo?: true;
  /** The handler of FORWARD_URL: used if no own handler takes the push. */
  readonly isForward?: true;
}

export interface LoadedObserver {
  readonly name: string;
  readonly file: string;
  readonly on: readonly On[];
  readonly module: Observer;
}

/** All handlers and observers of a directory. */
export interface LoadedHandlers {
  readonly handlers: readonly LoadedHandler[];
  readonly observers: readonly LoadedObserver[];
}
