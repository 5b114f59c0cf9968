import type { HandlerApi } from '../api/client.js';
import type { Logger } from '../ports/logger.js';
import {
  toCustomerServiceMessage,
  type CustomerServiceMessage,
} from '../protocol/customer-service-message.js';
import type { OpenId } from '../protocol/ids.js';
import type { Json } from '../protocol/json.js';
import type { Push } from '../protocol/push.js';
import type { LateReply, Reply } from '../protocol/reply.js';
import { HandlerResultInvalid, shapeOf, type Deferral } from './handler-result.js';
import { LateReplyMakers, ReplyMakers, type LateReplies, type Made, type Replies } from './replies.js';
import { asUploaded, uploadFiles, type MediaReply, type Upload } from './reply-files.js';
import type { SessionStore } from './session.js';
import { isReplyType, takeReply } from './take-reply.js';
import { checkTask } from './task.js';

export type { HandlerApi } from '../api/client.js';

/** The passive window of the push. When it closes nothing is killed: the answer just travels late. */
export interface DeadlineView {
  readonly at: Date;
  /** Never below 0. */
  remainingMs(): number;
  /** Fires when the window closes. */
  readonly signal: AbortSignal;
}

/** What `later` gets. */
export interface LateContext<P extends Push = Push> {
  readonly push: P;
  /** Who sent the push. */
  readonly user: OpenId;
  /** Makes a value and sends nothing: return it. */
  readonly reply: LateReplies;
  /** Sends a customer-service message right now: "still looking…", a second picture. */
  readonly send: (reply: LateReply | MediaReply) => Promise<void>;
  /** How many messages may still be sent to the user, and until when. */
  readonly window: () => Promise<{ readonly left: number; readonly until: Date }>;
  /** What handlers remember of the user: JSON, for a day after it was last written. */
  readonly session: SessionStore;
  /** Fires when nobody wants the result any more: window over, or shutdown. */
  readonly signal: AbortSignal;
  readonly api: HandlerApi;
  /** Bound to push, user and handler. */
  readonly log: Logger;
  /** 1, or more after a crash or a failure. */
  readonly attempt: number;
}

/** What `handle` gets. */
export interface HandleContext<P extends Push = Push, F = unknown> extends LateContext<P> {
  /** What `when` returned. */
  readonly found: F;
  readonly reply: Replies;
  readonly deadline: DeadlineView;
  /**
   * Return its result to say nothing now and finish in `later`, soon and across restarts.
   *
   * @throws TaskNotJson
   */
  readonly defer: <T extends Json>(task: T) => Deferral<T>;
}

/** What a run needs from whoever starts it. Getters may make `signal`, `deadline` and `session` only when touched. */
export interface RunServices {
  /** Bound to push and user already. */
  readonly log: Logger;
  readonly deadline: DeadlineView;
  readonly signal: AbortSignal;
  readonly attempt: number;
  /** Sends to the user of the push. */
  send(message: CustomerServiceMessage): Promise<void>;
  /** The media id of a file, uploaded if need be. Rejects where the file is unfit, out of reach, or not taken. */
  readonly upload: Upload;
  /** The send window of the user of the push. */
  window(): Promise<{ readonly left: number; readonly untilMs: number }>;
  /** Of the user of the push. */
  readonly session: SessionStore;
  readonly api: HandlerApi;
}

/** What `later` runs on: its passive window is over. */
export type LateServices = Omit<RunServices, 'deadline'>;

/** One run of `later`. Everything is made when it is touched: most handlers touch two or three things. */
export class LaterContextImpl<S extends LateServices = LateServices> implements LateContext {
  readonly push: Push;
  protected readonly services: S;
  /** Replies made and not yet returned or sent. */
  protected readonly unusedReplies: Made[] = [];
  readonly #handler: string;

  constructor(handler: string, push: Push, services: S) {
    this.#handler = handler;
    this.push = push;
    this.services = services;
  }

  get user(): OpenId {
    return this.push.user;
  }
  get reply(): LateReplies {
    return new LateReplyMakers(this.unusedReplies, this.push);
  }
  get signal(): AbortSignal {
    return this.services.signal;
  }
  get api(): HandlerApi {
    return this.services.api;
  }
  get log(): Logger {
    return this.services.log.child({ handler: this.#handler });
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
          `The handler "${this.#handler}" gave ctx.send ${shapeOf(reply)}: send what ctx.reply makes; a stream and a transfer to staff can only be returned`,
        );
      const taken = takeReply(this.push, type, reply);
      // Refused here, where the stack still names the line, and before anything is uploaded.
      toCustomerServiceMessage(asUploaded<LateReply>(taken));
      this.markUsed(reply);
      await this.services.send(toCustomerServiceMessage(await this.uploadFiles<LateReply>(taken)));
    };
  }

  /** The reply with media ids in place of its files, or at once the reply itself where it has none. */
  uploadFiles<R extends Reply>(reply: R | MediaReply): R | Promise<LateReply> {
    return uploadFiles(reply, (kind, source) => this.services.upload(kind, source));
  }

  /** Notes that a reply reached its use. */
  protected markUsed(reply: unknown): void {
    const place = this.unusedReplies.findIndex((made) => made === reply);
    if (place >= 0) this.unusedReplies.splice(place, 1);
  }

  /** Ends the run: what was made, and is not what was returned, is reported. */
  reportUnused(returned: unknown): void {
    if (
      this.unusedReplies.length === 0 ||
      (this.unusedReplies.length === 1 && this.unusedReplies[0] === returned)
    )
      return;
    this.markUsed(returned);
    if (this.unusedReplies.length === 0) return;
    const types = this.unusedReplies.map((reply) => reply.type);
    this.log.warn({ replies: types }, 'a handler made replies that it neither returned nor sent');
  }
}

/** One run of `handle`. */
export class HandleContextImpl extends LaterContextImpl<RunServices> implements HandleContext {
  readonly found: unknown;

  constructor(handler: string, push: Push, found: unknown, services: RunServices) {
    super(handler, push, services);
    this.found = found;
  }

  override get reply(): Replies {
    return new ReplyMakers(this.unusedReplies, this.push);
  }
  get deadline(): DeadlineView {
    return this.services.deadline;
  }
  get defer(): <T extends Json>(task: T) => Deferral<T> {
    return defer;
  }
}

const defer = <T extends Json>(task: T): Deferral<T> => ({ type: 'deferral', task: checkTask(task) });
