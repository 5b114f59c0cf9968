/*
 * Plain data of the sandbox's JSON API and event stream, named as in `openapi.json`.
 * Times are milliseconds since 1970 on the sandbox's clock, which can be moved; durations are milliseconds.
 */

export type * from './account.js';
export type * from './push-request.js';
export type * from './exchange.js';
export type * from './chat.js';
export type * from './api-call.js';
export type * from './state.js';
