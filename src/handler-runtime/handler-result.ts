import type { Words } from '../protocol/words.js';
import { AppError } from '../protocol/app-error.js';
import type { Json } from '../protocol/json.js';
import type { Push } from '../protocol/push/push.js';
import type { LateReply, Reply } from '../protocol/reply.js';
import type { MediaReply } from './reply-files.js';
import { isReplyType, takeReply } from './take-reply.js';
import { takeTask } from './task.js';
import { TextStream } from './text-stream.js';

/**
 * The promise to finish later with `task` alone. Made by `ctx.defer`, kept across restarts.
 *
 * @example
 * const deferral: Deferral<{ city: string }> = ctx.defer({ city: '北京' });
 */
export interface Deferral<T = Json> {
  readonly type: 'deferral';
  readonly task: T;
}

/**
 * The result of `handle`: a reply, a stream, a deferral, or nothing (no answer).
 *
 * @example
 * const answer = (content: string): HandlerResult => (content === '' ? undefined : reply.text(content));
 */
export type HandlerResult = Reply | MediaReply | TextStream | Deferral | void | null | undefined;

/**
 * The result of `later`: a reply that can be sent late, a stream, or nothing.
 *
 * @example
 * const later = (text: string): LaterResult => reply.text(text);
 */
export type LaterResult = LateReply | MediaReply | TextStream | Again | void | null | undefined;

/**
 * The result of `chosen`: a reply, a stream, or nothing.
 *
 * @example
 * const chosen = (id: string): ChosenResult => reply.text(id);
 */
export type ChosenResult = Exclude<HandlerResult, Deferral>;

/** Result of a `later` that cannot finish yet: it runs again, as its first run, about `afterMs` later. */
export class Again {
  readonly type = 'again';
  readonly task: Json;
  readonly afterMs: number;
  constructor(task: Json, afterMs: number) {
    this.task = task;
    this.afterMs = afterMs;
  }
}

/**
 * The outcome of a run: a copy that the handler cannot change afterwards.
 *
 * @example
 * const isReply = (outcome: Outcome) => outcome.type === 'replied';
 */
export type Outcome =
  Exclude<Returned, { type: 'replied' }> | { readonly type: 'replied'; readonly reply: Reply };

/** The outcome before the files of a reply are uploaded. */
export type Returned =
  | { readonly type: 'replied'; readonly reply: Reply | MediaReply }
  | { readonly type: 'streaming'; readonly stream: TextStream }
  | { readonly type: 'silent' }
  /** `afterMs`: the earliest time of the next run of `later`. */
  | { readonly type: 'deferred'; readonly task: Json; readonly afterMs?: number };

/**
 * A handler returned a value that is not a `HandlerResult`.
 *
 * @example
 * if (error instanceof HandlerResultInvalid) log.error({ err: error }, 'the handler returned something else');
 */
export class HandlerResultInvalid extends AppError {
  readonly code = 'handler_result_invalid';
}

const SILENT = { type: 'silent' } as const;

/**
 * Validates the return value of a handler and copies it.
 *
 * @throws HandlerResultInvalid, ReplyInvalid, ReplyTooLong, TaskNotJson, and errors of getters and proxies when they
 * are
 *         read: then the run ends as if the handler had thrown them
 */
export function readReturned(
  returned: unknown,
  from: { handler: string; mayDefer: boolean; push: Push },
): Returned {
  if (returned === undefined || returned === null) return SILENT;
  if (TextStream.isStream(returned)) return { type: 'streaming', stream: returned };
  if (typeof returned === 'object' && 'type' in returned) {
    const { type } = returned;
    if (isReplyType(type)) return { type: 'replied', reply: takeReply(from.push, type, returned) };
    if (returned instanceof Again)
      return { type: 'deferred', task: takeTask(returned.task), afterMs: returned.afterMs };
    if (type === 'deferral') {
      if (!from.mayDefer)
        throw new HandlerResultInvalid(
          `The handler "${from.handler}" returned a deferral, and there is no \`later\` to finish it: add one`,
        );
      // Checked again, because the deferral may be hand-made or changed.
      return { type: 'deferred', task: takeTask(Reflect.get(returned, 'task')) };
    }
  }
  throw new HandlerResultInvalid(
    `The handler "${from.handler}" returned ${shapeOf(returned)}: return a reply (ctx.reply.text(…)), a deferral (ctx.defer(…)), or nothing`,
  );
}

/** `shapeOf` in both languages. */
export function shapeInWords(value: unknown): Words {
  const en = shapeOf(value);
  if (value === null || value === undefined) return { en, zh: en };
  if (Array.isArray(value)) return { en, zh: `长度为 ${value.length} 的列表` };
  if (typeof value !== 'object') return { en, zh: `${typeof value} 类型的值` };
  const keys = Object.keys(value).slice(0, 5).join('、');
  return { en, zh: keys === '' ? '没有键的对象' : `对象，键是 ${keys}` };
}

/** Describes a value by its type, never by its content, which may be user text. */
export function shapeOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  const keys = Object.keys(value).slice(0, 5).join(', ');
  return keys === '' ? 'an object without keys' : `an object with the keys ${keys}`;
}
