/** The exports of `wechat-callback-server/testing`: runs handlers without a server. */
export type { PartialApi } from './handler-runtime/fake-api.js';
export { memorySession } from './handler-runtime/memory-session.js';
export {
  buildPush,
  eventPush,
  tapPush,
  textPush,
  type Origin,
  type WireElements,
} from './handler-runtime/push-builders.js';
export {
  tryHandler,
  tryLater,
  tryObserver,
  tryUndelivered,
  type Tried,
  type TriedUpload,
  type TryOptions,
} from './handler-runtime/try-handler.js';
