import type { MediaKind } from '../api/media/limits.js';
import type { FileSource } from '../api/media/media-cache.js';
import { silentLogger, type Logger } from '../ports/logger.js';
import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { Json } from '../protocol/json.js';
import type { Push } from '../protocol/push.js';
import { checkReply, reply } from '../protocol/reply.js';
import type { Outcome } from './handler-result.js';
import type { RunServices } from './context.js';
import type { Handler } from './define-handler.js';
import type { Observer, UndeliveredAnswer } from './define-observer.js';
import type { LoadedHandler } from './registry.js';
import { specificity } from './event-filter.js';
import { routeTo } from './router.js';
import { runHandle, runLater } from './run-handler.js';
import { memorySession } from './memory-session.js';
import type { SessionStore } from './session.js';
import { fakeApi, type PartialApi } from './fake-api.js';

/** The world around the handler; everything has a default. */
export interface TryOptions {
  /** What `ctx.deadline` says is left. Default 4500. */
  readonly remainingMs?: number;
  /** Default 1. */
  readonly attempt?: number;
  /** What `ctx.window()` says is left. Default 5. */
  readonly windowLeft?: number;
  /** `ctx.signal` and `ctx.deadline.signal`. Default: never fires. */
  readonly signal?: AbortSignal;
  /** What `ctx.session` is. Default: a `memorySession()` of its own. */
  readonly session?: SessionStore;
  /** As much of it as the handler touches; `messages.send` does nothing, and anything else not given rejects. */
  readonly api?: PartialApi;
  readonly log?: Logger;
}

/** What the handler made of the push, a stream read to its end; `sent` is what it sent by `ctx.send` on the way. */
export type Tried = (Exclude<Outcome, { type: 'streaming' }> | { readonly type: 'not-mine' }) & {
  readonly sent: readonly CustomerServiceMessage[];
  /** The files that the server would upload, each with the media id that stands in for it. */
  readonly uploads: readonly TriedUpload[];
};

export interface TriedUpload {
  readonly kind: MediaKind;
  readonly source: FileSource;
  readonly mediaId: string;
}

/** What a run did beside its outcome. */
interface Effects {
  readonly sent: CustomerServiceMessage[];
  readonly uploads: TriedUpload[];
}

/**
 * Runs a handler without a server: asks `on` and `when`, runs `handle`, checks the reply as the server would. A stream
 * is read to its end and becomes one text.
 *
 * @example
 * expect(await tryHandler(weather, textPush({ content: '天气 北京' }))).toMatchObject({ type: 'deferred', task: { city: '北京' } });
 *
 * Rejects with what the handler throws.
 */
export async function tryHandler(handler: Handler, push: Push, options: TryOptions = {}): Promise<Tried> {
  const loaded = load(handler);
  const deeds: Effects = { sent: [], uploads: [] };
  const route = specificity(loaded.on, push.kind) === undefined ? undefined : routeTo(loaded, push, loud);
  if (route === undefined) return { type: 'not-mine', ...deeds };
  return { ...(await settled(await runHandle(route, push, servicesFor(options, deeds)))), ...deeds };
}

/** Runs `later` with a task, which goes through JSON as it would in the server. Rejects with what the handler throws. */
export async function tryLater<T extends Json>(
  handler: Handler & { later?(ctx: never, task: T): unknown },
  push: Push,
  task: T,
  options: TryOptions = {},
): Promise<Tried> {
  const deeds: Effects = { sent: [], uploads: [] };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON makes of JSON is JSON
  const stored = JSON.parse(JSON.stringify(task)) as Json;
  const outcome = await runLater(
    load(handler),
    push,
    stored,
    servicesFor({ attempt: 1, remainingMs: 0, ...options }, deeds),
  );
  return { ...(await settled(outcome)), ...deeds };
}

/** Shows a push to an observer, if it listens to its kind. Rejects with what it throws. */
export async function tryObserver(observer: Observer, push: Push, options: TryOptions = {}): Promise<void> {
  const on = [observer.on].flat();
  const { api, log } = servicesFor(options, { sent: [], uploads: [] });
  if (specificity(on, push.kind) !== undefined) await observer.observe?.({ push, user: push.user, api, log });
}

/** Tells an observer of an answer that reached nobody, if it listens to its kind. Rejects with what it throws. */
export async function tryUndelivered(
  observer: Observer,
  push: Push,
  letter: Partial<UndeliveredAnswer> = {},
  options: TryOptions = {},
): Promise<void> {
  const { api, log } = servicesFor(options, { sent: [], uploads: [] });
  if (specificity([observer.on].flat(), push.kind) === undefined) return;
  const whole = { ...LETTER, id: push.id, pushId: push.id, ...letter };
  await observer.undelivered?.({ push, user: push.user, api, log }, whole);
}

const LETTER = { reason: 'window-closed', detail: 'a try', handler: 'tried', messages: 1 };

const load = (module: Handler): LoadedHandler => ({
  name: 'tried',
  file: 'tried',
  on: [module.on].flat(),
  module,
});

/** Rejects with what the source of a stream throws. */
async function settled(outcome: Outcome): Promise<Exclude<Outcome, { type: 'streaming' }>> {
  if (outcome.type === 'streaming') {
    const { stream } = outcome;
    await stream.read();
    const content = stream.rest();
    return content.trim() === '' ? { type: 'silent' } : { type: 'replied', reply: reply.text(content) };
  }
  if (outcome.type === 'replied') checkReply(outcome.reply);
  return outcome;
}

function servicesFor(options: TryOptions, { sent, uploads }: Effects): RunServices {
  const { remainingMs = 4_500, attempt = 1, log = silentLogger } = options;
  const signal = options.signal ?? new AbortController().signal;
  return {
    log,
    attempt,
    signal,
    session: options.session ?? memorySession(),
    api: fakeApi(options.api),
    deadline: { at: new Date(Date.now() + remainingMs), remainingMs: () => remainingMs, signal },
    async send(message) {
      sent.push(message);
    },
    async upload(kind, source) {
      const mediaId = `uploaded-${uploads.length + 1}`;
      uploads.push({ kind, source, mediaId });
      return mediaId;
    },
    window: async () => ({ left: options.windowLeft ?? 5, untilMs: Date.now() + 48 * 3_600_000 }),
  };
}

/** In a test, a `when` that throws is a failure, not a push of somebody else's. */
const loud: Logger = {
  ...silentLogger,
  error(fields) {
    throw 'err' in fields ? fields.err : new Error('a `when` failed');
  },
};
