import type { HandlerApi } from '../api/client.js';
import type { Logger } from '../ports/logger.js';
import {
  toCustomerServiceMessage,
  type CustomerServiceMessage,
} from '../protocol/customer-service-message.js';
import type { OpenId } from '../protocol/ids.js';
import type { Json } from '../protocol/json.js';
import type { Push, PushOf } from '../protocol/push/push.js';
import type { LateReply, Reply } from '../protocol/reply.js';
import type { Offering, SignChoice } from './choices.js';
import type { AskBackend, Backend } from './forward/backend.js';
import { HandlerResultInvalid, shapeOf, type Deferral } from './handler-result.js';
import { LateReplyMakers, ReplyMakers, type LateReplies, type Made, type Replies } from './replies.js';
import {
  asUploaded,
  besideHandler,
  uploadFiles,
  type HandlerFile,
  type MediaReply,
  type Upload,
} from './reply-files.js';
import type { SessionStore } from './session.js';
import { isReplyType, takeReply } from './take-reply.js';
import { checkTask } from './task.js';

export type { HandlerApi } from '../api/client.js';

/**
 * The deadline for a passive reply. After it the handler goes on, and its answer is delivered late.
 *
 * @example
 * const isShort = (deadline: DeadlineView) => deadline.remainingMs() < 1_000;
 */
export interface DeadlineView {
  readonly at: Date;
  /** Never below 0. */
  remainingMs(): number;
  /** Fires when the window closes. */
  readonly signal: AbortSignal;
}

/**
 * The context of `later`.
 *
 * @example
 * const say = (late: LateContext) => late.reply.text(`第 ${late.attempt} 次`);
 */
export interface LateContext<P extends Push = Push> {
  readonly push: P;
  /** The user who sent the push. */
  readonly user: OpenId;
  /** Name of the account that the push is for: its key in the file of accounts; `default` where there is only one. */
  readonly account: string;
  /** Creates replies. Sends nothing: return the reply. */
  readonly reply: LateReplies;
  /** Sends a customer-service message right now: "still looking…", a second picture. */
  readonly send: (reply: LateReply | MediaReply) => Promise<void>;
  /** Returns the number of messages that may still be sent to the user, and until when. */
  readonly window: () => Promise<{ readonly left: number; readonly until: Date }>;
  /** Data about the user that handlers share: JSON, kept for a day after the last write. */
  readonly session: SessionStore;
  /** Aborts when the result is not needed any more: the quota ended, or the process stops. */
  readonly signal: AbortSignal;
  readonly api: HandlerApi;
  /**
   * Sends the push to another callback server, as WeChat would, and returns its reply; `undefined`: it has none. Without
   * a backend: that of `FORWARD_URL`. See `forward` for a handler that does the rest.
   *
   * @throws BackendDown, BackendFailed
   */
  readonly forward: (backend?: Backend) => Promise<Reply | undefined>;
  /** Bound to push, user and handler. */
  readonly log: Logger;
  /** Number of this run: 1, or more after a crash or a failure. */
  readonly attempt: number;
}

/**
 * The context of `handle`.
 *
 * @example
 * const echo = ({ push, reply: replies }: HandleContext<PushOf<'message.text'>>) => replies.text(push.content);
 */
export interface HandleContext<P extends Push = Push, F = unknown> extends LateContext<P> {
  /** The value that `when` returned. */
  readonly found: F;
  readonly reply: Replies;
  readonly deadline: DeadlineView;
  /**
   * Creates a deferral. Return it to send no answer now; `later` finishes with the task, even after a restart.
   *
   * @throws TaskNotJson
   */
  readonly defer: <T extends Json>(task: T) => Deferral<T>;
}

/**
 * The context of `chosen`: that of `handle` for the text of the tap, whatever the handler's `on`.
 *
 * @example
 * const chosen = (ctx: ChosenContext, id: string) => ctx.reply.text(`${ctx.push.content}：${id}`);
 */
export type ChosenContext = Omit<HandleContext<PushOf<'message.text'>>, 'found' | 'defer'>;

/** The services of a run. `signal`, `deadline` and `session` may be getters that create them on first use. */
export interface RunServices {
  /** Name of the account. */
  readonly account: string;
  /** Bound to push and user already. */
  readonly log: Logger;
  readonly deadline: DeadlineView;
  readonly signal: AbortSignal;
  readonly attempt: number;
  /** Sends to the user of the push. */
  send(message: CustomerServiceMessage): Promise<void>;
  /**
   * Returns the media id of a file, which it uploads if necessary. Rejects if the file is invalid, unreachable or
   * refused.
   */
  readonly upload: Upload;
  /** Returns the send quota of the user. */
  window(): Promise<{ readonly left: number; readonly untilMs: number }>;
  /** Of the user of the push. */
  readonly session: SessionStore;
  readonly api: HandlerApi;
  readonly askBackend: AskBackend;
  /** For the user of the push. */
  readonly signChoice: SignChoice;
}

/** The services of `later`. It cannot reply passively, so there is no deadline. */
export type LateServices = Omit<RunServices, 'deadline'>;

/** Time that a backend gets to answer within the deadline, after it came back. */
const ANSWER_MS = 1_500;

/** The handler of a run. */
type NamedHandler = HandlerFile & Offering;

/** The context of a run of `later`. It creates each part on first use: most handlers use two or three. */
export class LaterContextImpl<S extends LateServices = LateServices> implements LateContext {
  readonly push: Push;
  protected readonly services: S;
  /** Replies made and not yet returned or sent. */
  protected readonly unusedReplies: Made[] = [];
  protected readonly handler: NamedHandler;

  constructor(handler: NamedHandler, push: Push, services: S) {
    this.handler = handler;
    this.push = push;
    this.services = services;
  }

  get user(): OpenId {
    return this.push.user;
  }
  get account(): string {
    return this.services.account;
  }
  get reply(): LateReplies {
    return new LateReplyMakers(this.unusedReplies, this.push, this.handler, this.services);
  }
  get signal(): AbortSignal {
    return this.services.signal;
  }
  get api(): HandlerApi {
    return this.services.api;
  }
  get forward(): LateContext['forward'] {
    return this.forwardFor(0);
  }
  protected forwardFor(patienceMs: number): LateContext['forward'] {
    const { askBackend, signal } = this.services;
    return (backend = {}) => askBackend(backend, { patienceMs, signal });
  }
  get log(): Logger {
    return this.services.log.child({ handler: this.handler.name });
  }
  get attempt(): number {
    return this.services.attempt;
  }
  get session(): SessionStore {
    return this.services.session;
  }
  get window(): LateContext['window'] {
    return async () => {
      const { left, untilMs } = await this.services.window();
      return { left, until: new Date(untilMs) };
    };
  }
  get send(): LateContext['send'] {
    return async (reply: Made) => {
      const type: unknown = typeof reply === 'object' && reply !== null ? reply.type : undefined;
      if (!isReplyType(type) || type === 'to-staff')
        throw new HandlerResultInvalid(
          `The handler "${this.handler.name}" gave ctx.send ${shapeOf(reply)}: send what ctx.reply makes; a stream and a transfer to staff can only be returned`,
        );
      const taken = takeReply(this.push, type, reply);
      // Checks the reply here, where the stack still names the line, and before the upload.
      toCustomerServiceMessage(asUploaded<LateReply>(taken));
      this.markUsed(reply);
      await this.services.send(toCustomerServiceMessage(await this.uploadFiles<LateReply>(taken)));
    };
  }

  /** Replaces the files of a reply by media ids. Returns a reply without files synchronously. */
  uploadFiles<R extends Reply>(reply: R | MediaReply): R | Promise<LateReply> {
    return uploadFiles(reply, (kind, source) =>
      this.services.upload(kind, besideHandler(source, this.handler)),
    );
  }

  /** Marks a reply as returned or sent. */
  protected markUsed(reply: unknown): void {
    const place = this.unusedReplies.findIndex((made) => made === reply);
    if (place >= 0) this.unusedReplies.splice(place, 1);
  }

  /** Ends the run, and reports replies that were neither returned nor sent. */
  reportUnused(returned: unknown): void {
    if (
      this.unusedReplies.length === 0 ||
      (this.unusedReplies.length === 1 && this.unusedReplies[0] === returned)
    )
      return;
    this.markUsed(returned);
    if (this.unusedReplies.length === 0) return;
    const types = this.unusedReplies.map((reply) => reply.type);
    this.log.warn({ replies: types }, 'replies unused: the handler neither returned nor sent them');
  }
}

/** The context of a run of `handle`. */
export class HandleContextImpl extends LaterContextImpl<RunServices> implements HandleContext {
  readonly found: unknown;

  constructor(handler: NamedHandler, push: Push, found: unknown, services: RunServices) {
    super(handler, push, services);
    this.found = found;
  }

  override get reply(): Replies {
    return new ReplyMakers(this.unusedReplies, this.push, this.handler, this.services);
  }
  get deadline(): DeadlineView {
    return this.services.deadline;
  }
  override get forward(): HandleContext['forward'] {
    return this.forwardFor(this.deadline.remainingMs() - ANSWER_MS);
  }
  get defer(): <T extends Json>(task: T) => Deferral<T> {
    return defer;
  }
}

const defer = <T extends Json>(task: T): Deferral<T> => ({ type: 'deferral', task: checkTask(task) });
