import { AppError } from '../protocol/app-error.js';
import type { Json } from '../protocol/json.js';
import type { Push } from '../protocol/push.js';
import type { LateReply, Reply } from '../protocol/reply.js';
import type { MediaReply } from './reply-files.js';
import { isReplyType, takeReply } from './take-reply.js';
import { takeTask } from './task.js';
import { TextStream } from './text-stream.js';

/** The promise to finish later, from `task` alone: made by `ctx.defer`, kept across restarts. */
export interface Deferral<T = Json> {
  readonly type: 'deferral';
  readonly task: T;
}

/** What `handle` may return: a reply, an answer still being written, a deferral, or nothing, which is silence. */
export type HandlerResult = Reply | MediaReply | TextStream | Deferral | void | null | undefined;

/** What `later` may return: a reply that can travel late, an answer still being written, or nothing. */
export type LaterResult = LateReply | MediaReply | TextStream | void | null | undefined;

/** What became of one run of a handler: data that no later act of the handler changes. */
export type Outcome =
  Exclude<Returned, { type: 'replied' }> | { readonly type: 'replied'; readonly reply: Reply };

/** The same, before the files of a reply are uploaded. */
export type Returned =
  | { readonly type: 'replied'; readonly reply: Reply | MediaReply }
  | { readonly type: 'streaming'; readonly stream: TextStream }
  | { readonly type: 'silent' }
  | { readonly type: 'deferred'; readonly task: Json };

/** A handler returned something that is no reply, no deferral and not nothing. */
export class HandlerResultInvalid extends AppError {
  readonly code = 'handler_result_invalid';
}

const SILENT = { type: 'silent' } as const;

/**
 * Reads what a handler returned for a push.
 *
 * @throws HandlerResultInvalid, ReplyInvalid, ReplyTooLong, TaskNotJson, and what a hostile value throws when it is
 *         read: then the run ends as if the handler had thrown it
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
    if (type === 'deferral') {
      if (!from.mayDefer)
        throw new HandlerResultInvalid(
          `The handler "${from.handler}" returned a deferral, and there is no \`later\` to finish it: add one`,
        );
      // Checked again: it may be made by hand, or changed.
      return { type: 'deferred', task: takeTask(Reflect.get(returned, 'task')) };
    }
  }
  throw new HandlerResultInvalid(
    `The handler "${from.handler}" returned ${shapeOf(returned)}: return a reply (ctx.reply.text(…)), a deferral (ctx.defer(…)), or nothing`,
  );
}

/** Names a value by its shape, never by what it holds: it may be what a user typed. */
export function shapeOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  const keys = Object.keys(value).slice(0, 5).join(', ');
  return keys === '' ? 'an object without keys' : `an object with the keys ${keys}`;
}
