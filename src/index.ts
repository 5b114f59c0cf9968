/** The public face: what handlers, their tests, and programs that embed the server import. */
import type { createServer as create } from './embed.js';

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
export type { HandlerResult, Deferral, LaterResult, Outcome } from './handler-runtime/handler-result.js';
export { HandlerResultInvalid } from './handler-runtime/handler-result.js';
export type { HandlerApi, DeadlineView, HandleContext, LateContext } from './handler-runtime/context.js';
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
  textPush,
  type Origin,
  type WireElements,
} from './handler-runtime/push-builders.js';
export type { LateReplies, Replies } from './handler-runtime/replies.js';
export type { Media, MediaReply } from './handler-runtime/reply-files.js';
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
export { markdownSplitPoint, markdownToText } from './protocol/markdown-text.js';
export { signCard, signPage } from './protocol/page-signature.js';
export type { Push, PushFamily, PushKind, PushOf } from './protocol/push.js';
export {
  ReplyInvalid,
  type Article,
  type LateReply,
  type ChannelOption,
  type Reply,
} from './protocol/reply.js';

/**
 * The whole server as a part of another program: `callback()` to mount in its Express, or listeners of its own. Loaded
 * when it is called, so that handler files, which import this module too, stay cheap.
 *
 * @example
 * const wechat = await createServer(process.env, { handlers: './handlers' });
 * await wechat.open();
 * app.use('/wechat', wechat.callback());
 */
export const createServer: typeof create = async (settings, options) =>
  (await import('./embed.js')).createServer(settings, options);
