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
export type { FileSource } from './api/media/media-ids.js';
export type { MediaSource } from './api/media/media-source.js';
export type { CardExt, PageConfig, PageSigner } from './api/page-signer.js';
export type { Page, Walk, WalkOptions } from './api/walk.js';
export {
  authorizeUrl,
  type WebAuthorizationApi,
  type WebGrant,
  type WebProfile,
  type WebScope,
} from './api/web-authorization.js';
export { nextWebStep, type WebCall, type WebStep } from './api/web-authorization-step.js';
export type { Answer, Deferral, LateAnswer, Outcome } from './handling/answer.js';
export { HandlerReturnedNonsense } from './handling/answer.js';
export type { ApiFace, DeadlineView, HandleContext, LateContext } from './handling/context.js';
export { defineHandler, type Handler } from './handling/define-handler.js';
export {
  defineObserver,
  type ObserveContext,
  type Observer,
  type UndeliveredAnswer,
} from './handling/define-observer.js';
export type { On, PushOn } from './handling/on.js';
export { buildPush, eventPush, textPush, type Origin, type WireElements } from './handling/push-builders.js';
export type { LateReplies, Replies } from './handling/replies.js';
export type { Media, MediaReply } from './handling/reply-files.js';
export { memorySession } from './handling/memory-session.js';
export { says } from './handling/says.js';
export {
  SessionContended,
  SessionNotJson,
  SessionTooLarge,
  type Session,
  type SessionStore,
  type SessionValue,
  type SessionWrite,
} from './handling/session.js';
export { TaskNotJson } from './handling/task.js';
export type { GivenApi } from './handling/stand-in-api.js';
export { RETRACT, type StreamOptions, type StreamPart, type TextStream } from './handling/text-stream.js';
export {
  tryHandler,
  tryLater,
  tryObserver,
  tryUndelivered,
  type Tried,
  type TriedUpload,
  type TryOptions,
} from './handling/try-handler.js';
export type { WebSession } from './http/session-cookie.js';
export type { WebAuthorization } from './http/web-authorization.js';
export type { PageSignatures } from './http/web-pages.js';
export type { LetterDesk } from './pipeline/letter-desk.js';
export type { Logger } from './ports/logger.js';
export { AppError } from './protocol/app-error.js';
export type { CustomerServiceMessage } from './protocol/customer-service-message.js';
export type { AppId, OpenId, PushId } from './protocol/ids.js';
export type { Json } from './protocol/json.js';
export { markdownBorder, markdownToText } from './protocol/markdown-text.js';
export { signCard, signPage } from './protocol/page-signature.js';
export type { Push, PushFamily, PushKind, PushOf } from './protocol/push.js';
export { ReplyInvalid, type Article, type LateReply, type Pinned, type Reply } from './protocol/reply.js';

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
