export { HandlerInvalid, loadHandlers, type HandlerFault } from './load-handlers.js';
export type { LoadedHandler, LoadedHandlers, LoadedObserver } from './registry.js';
export { watchHandlers, type HandlerWatch } from './watch-handlers.js';
