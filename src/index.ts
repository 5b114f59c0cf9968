/** The public exports for handlers, their tests, and programs that embed the server. */
import type { createServer as create } from './embed.js';
import type { createWechatApi as createApi } from './program-api.js';

export type { WechatApi, WechatApiOptions } from './program-api.js';
export type { Reloaded } from './reload.js';
export type { AccountsChange } from './running-accounts.js';
export type { CallbackServer, HandlersByName, ServerOptions, Settings } from './embed.js';
export { ApiBudgetSpent, ApiRefused, ApiRequestInvalid, ApiUnreachable } from './api/api-error.js';
export type { ApiCallOptions } from './api/call-options.js';
export type { MenuButton } from './api/catalogue/menu-button.js';
export { qrCodeImageUrl } from './api/catalogue/qr-codes.js';
export type { TemplateMessage } from './api/catalogue/templates.js';
export type { UserInfo } from './api/catalogue/users.js';
export { MediaRefused, MediaUnavailable } from './api/media/media-error.js';
export type { FileSource } from './api/media/media-cache.js';
export type { MediaSource } from './api/media/media-source.js';
export type { CardExt, PageConfig, PageSigner } from './api/page-signer.js';
export type { Page, Paginated, PaginateOptions } from './api/paginate.js';
export {
  authorizeUrl,
  type OAuthApi,
  type OAuthGrant,
  type OAuthProfile,
  type OAuthScope,
} from './api/oauth/oauth.js';
export { nextOAuthStep, type OAuthCall, type OAuthStep } from './api/oauth/oauth-step.js';
export type { Choice, ChoicesOptions } from './handler-runtime/choices.js';
export type {
  ChosenResult,
  HandlerResult,
  Deferral,
  LaterResult,
  Outcome,
} from './handler-runtime/handler-result.js';
export { HandlerResultInvalid } from './handler-runtime/handler-result.js';
export type {
  ChosenContext,
  HandlerApi,
  DeadlineView,
  HandleContext,
  LateContext,
} from './handler-runtime/context.js';
export { defineHandler, type Handler } from './handler-runtime/define-handler.js';
export {
  defineObserver,
  type ObserveContext,
  type Observer,
  type UndeliveredAnswer,
} from './handler-runtime/define-observer.js';
export type { On, PushOn } from './handler-runtime/event-filter.js';
export {
  buildPush,
  eventPush,
  tapPush,
  textPush,
  type Origin,
  type WireElements,
} from './handler-runtime/push-builders.js';
export type { LateReplies, Replies } from './handler-runtime/replies.js';
export type { Media, MediaReply } from './handler-runtime/reply-files.js';
export type { Backend } from './handler-runtime/forward/backend.js';
export { BackendDown, BackendFailed, type BackendFault } from './handler-runtime/forward/backend-error.js';
export { forward, ForwardInvalid, type ForwardOptions } from './handler-runtime/forward/forward.js';
export { memorySession } from './handler-runtime/memory-session.js';
export { says } from './handler-runtime/says.js';
export {
  SessionContended,
  SessionNotJson,
  SessionTooLarge,
  type Session,
  type SessionStore,
  type SessionValue,
  type SessionWrite,
} from './handler-runtime/session.js';
export { TaskNotJson } from './handler-runtime/task.js';
export type { PartialApi } from './handler-runtime/fake-api.js';
export {
  RETRACT,
  type StreamOptions,
  type StreamPart,
  type TextStream,
} from './handler-runtime/text-stream.js';
export {
  tryHandler,
  tryLater,
  tryObserver,
  tryUndelivered,
  type Tried,
  type TriedUpload,
  type TryOptions,
} from './handler-runtime/try-handler.js';
export type { WebSession } from './http/session-cookie.js';
export type { OAuth } from './http/oauth.js';
export type { PageSignatures } from './http/web-pages.js';
export type { DeadLetterQueue } from './pipeline/dead-letters/dead-letter-queue.js';
export type { Logger } from './ports/logger.js';
export { AppError } from './protocol/app-error.js';
export type { CustomerServiceMessage } from './protocol/customer-service-message.js';
export type { AppId, OpenId, PushId } from './protocol/ids.js';
export type { Json } from './protocol/json.js';
export { markdownSplitPoint, markdownToText } from './text/markdown/markdown-text.js';
export { signCard, signPage } from './protocol/page-signature.js';
export type { Push, PushFamily, PushKind, PushOf } from './protocol/push/push.js';
export {
  ReplyInvalid,
  type Article,
  type LateReply,
  type ChannelOption,
  type Reply,
  type TextReply,
} from './protocol/reply.js';

/**
 * Creates a server within another program: mount `callback()` in its Express, or use listeners of its own. Loads the
 * server on the first call, because handler files import this module, too.
 *
 * @example
 * const wechat = await createServer(process.env, { handlers: './handlers' });
 * await wechat.open();
 * app.use('/wechat', wechat.callback());
 */
export const createServer: typeof create = async (settings, options) =>
  (await import('./embed.js')).createServer(settings, options);

/**
 * `ctx.api` for programs that are no server, with the same access token. Its settings are those of the server; it needs no
 * callback token.
 *
 * @example
 * const api = await createWechatApi(process.env);
 * const { menu } = await api.menus.get();
 * await api.close();
 */
export const createWechatApi: typeof createApi = async (settings, options) =>
  (await import('./program-api.js')).createWechatApi(settings, options);
