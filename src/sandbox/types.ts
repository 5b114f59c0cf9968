/*
 * What travels over the sandbox's JSON API and its event stream: plain data, the same words in `openapi.json`.
 * Times are milliseconds since 1970 on the sandbox's clock, which can be moved; durations are milliseconds.
 */

export type * from './types/account.js';
export type * from './types/push-request.js';
export type * from './types/exchange.js';
export type * from './types/chat.js';
export type * from './types/api-call.js';
export type * from './types/state.js';
