import { AppError } from '../protocol/app-error.js';
import type { Json } from '../protocol/json.js';
import type { LateReply, Reply } from '../protocol/reply.js';
import type { MediaReply } from './reply-files.js';
import { checkTask } from './task.js';
import { TextStream } from './text-stream.js';

/** The promise to finish later, from `task` alone: made by `ctx.defer`, kept across restarts. */
export interface Deferral<T = Json> {
  readonly type: 'deferral';
  readonly task: T;
}

/** What `handle` may return: a reply, an answer still being written, a deferral, or nothing, which is silence. */
export type Answer = Reply | MediaReply | TextStream | Deferral | void | null | undefined;

/** What `later` may return: a reply that can travel late, an answer still being written, or nothing. */
export type LateAnswer = LateReply | MediaReply | TextStream | void | null | undefined;

/** What became of one run of a handler. */
export type Outcome =
  | { readonly type: 'replied'; readonly reply: Reply }
  | { readonly type: 'streaming'; readonly stream: TextStream }
  | { readonly type: 'silent' }
  | { readonly type: 'deferred'; readonly task: Json };

/** A handler returned something that is no reply, no deferral and not nothing. */
export class HandlerReturnedNonsense extends AppError {
  readonly code = 'handler_returned_nonsense';
}

const replyTypes: ReadonlySet<unknown> = new Set<Reply['type']>([
  'text',
  'image',
  'voice',
  'video',
  'music',
  'news',
  'to-staff',
]);
const SILENT: Outcome = { type: 'silent' };

/**
 * Reads what a handler returned. Only the type of a reply is looked at here: its fields are checked where it is
 * rendered.
 *
 * @throws HandlerReturnedNonsense, TaskNotJson
 */
export function toOutcome(returned: unknown, from: { handler: string; mayDefer: boolean }): Outcome {
  if (returned === undefined || returned === null) return SILENT;
  if (returned instanceof TextStream) return { type: 'streaming', stream: returned };
  const type = typeOf(returned);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the renderers check the fields
  if (replyTypes.has(type)) return { type: 'replied', reply: returned as Reply };
  if (type === 'deferral') {
    if (!from.mayDefer)
      throw new HandlerReturnedNonsense(
        `The handler "${from.handler}" returned a deferral, and there is no \`later\` to finish it: add one`,
      );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked again: it may be made by hand, or changed
    return { type: 'deferred', task: checkTask((returned as Deferral).task) };
  }
  throw new HandlerReturnedNonsense(
    `The handler "${from.handler}" returned ${shapeOf(returned)}: return a reply (ctx.reply.text(…)), a deferral (ctx.defer(…)), or nothing`,
  );
}

const typeOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;

/** Names a value by its shape, never by what it holds: it may be what a user typed. */
export function shapeOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  const keys = Object.keys(value).slice(0, 5).join(', ');
  return keys === '' ? 'an object without keys' : `an object with the keys ${keys}`;
}
