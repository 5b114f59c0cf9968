import { existsSync } from 'node:fs';
import { MediaUnavailable } from '../api/media/media-error.js';
import type { MediaKind } from '../api/media/limits.js';
import type { FileSource } from '../api/media/media-cache.js';
import { silentLogger, type Logger } from '../ports/logger.js';
import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { Json } from '../protocol/json.js';
import { createChoiceIds } from '../protocol/choice-ids.js';
import { toAppId } from '../protocol/ids.js';
import type { Push } from '../protocol/push/push.js';
import { checkReply, reply, type Reply } from '../protocol/reply.js';
import type { Backend } from './forward/backend.js';
import type { Outcome } from './handler-result.js';
import type { RunServices } from './context.js';
import type { Handler } from './define-handler.js';
import type { Observer, UndeliveredAnswer } from './define-observer.js';
import type { LoadedHandler } from './registry.js';
import { servesAccount, specificity } from './event-filter.js';
import { routeTap, routeTo } from './router.js';
import { runHandle, runLater } from './run-handler.js';
import { memorySession } from './memory-session.js';
import type { SessionStore } from './session.js';
import { fakeApi, type PartialApi } from './fake-api.js';

/**
 * Options of a test run; all have defaults.
 *
 * @example
 * const options: TryOptions = { remainingMs: 100, windowLeft: 0 };
 */
export interface TryOptions {
  /**
   * The remaining ms of `ctx.deadline`.
   *
   * @defaultValue 4500
   */
  readonly remainingMs?: number;
  /**
   * The value of `ctx.attempt`.
   *
   * @defaultValue 1
   */
  readonly attempt?: number;
  /**
   * The value of `ctx.account`.
   *
   * @defaultValue `default`
   */
  readonly account?: string;
  /**
   * The messages left in `ctx.window()`.
   *
   * @defaultValue 5
   */
  readonly windowLeft?: number;
  /**
   * `ctx.signal` and `ctx.deadline.signal`.
   *
   * @defaultValue never fires
   */
  readonly signal?: AbortSignal;
  /**
   * The value of `ctx.session`.
   *
   * @defaultValue a `memorySession()` of its own
   */
  readonly session?: SessionStore;
  /**
   * The part of the API that the handler uses.
   *
   * @defaultValue an API whose `messages.send` does nothing and whose other calls reject
   */
  readonly api?: PartialApi;
  /**
   * The reply of the backend that `ctx.forward` and `forward` ask; throw `BackendDown` to play one that is away.
   *
   * @defaultValue `ctx.forward` rejects
   */
  readonly backend?: (backend: Backend) => Reply | undefined | Promise<Reply | undefined>;
  /** @defaultValue logs nothing */
  readonly log?: Logger;
}

/**
 * The outcome of a test run; a stream is read to its end. `sent`: the messages of `ctx.send`.
 *
 * @example
 * const tried: Tried = await tryHandler(handler, textPush({ content: '你好' }));
 */
export type Tried = (Exclude<Outcome, { type: 'streaming' }> | { readonly type: 'not-mine' }) & {
  readonly sent: readonly CustomerServiceMessage[];
  /** The files that the server would upload, each with its placeholder media id. */
  readonly uploads: readonly TriedUpload[];
};

/**
 * A file that the server would upload.
 *
 * @example
 * const uploadsOf = ({ uploads }: Tried): readonly TriedUpload[] => uploads;
 */
export interface TriedUpload {
  readonly kind: MediaKind;
  readonly source: FileSource;
  readonly mediaId: string;
}

/** The messages and uploads of a run. */
interface Effects {
  readonly sent: CustomerServiceMessage[];
  readonly uploads: TriedUpload[];
}

/**
 * Runs a handler without a server: checks `on`, `accounts` and `when`, runs `handle` (or `chosen`, for a `tapPush`), and validates the reply as the server does. A
 * stream is read to its end and becomes one text.
 *
 * @example
 * expect(await tryHandler(weather, textPush({ content: '天气 北京' }))).toMatchObject({ type: 'deferred', task: { city: '北京' } });
 *
 * Errors of the handler propagate.
 */
export async function tryHandler(handler: Handler, push: Push, options: TryOptions = {}): Promise<Tried> {
  const loaded = load(handler);
  const effects: Effects = { sent: [], uploads: [] };
  const services = servicesFor(options, effects, push);
  const offering = handler.chosen === undefined ? [] : [loaded];
  const tapped = routeTap(offering, push, services.account, CHOICE_IDS);
  const route = tapped ?? (isSelected(handler, push, services) ? routeTo(loaded, push, loud) : undefined);
  if (route === undefined) return { type: 'not-mine', ...effects };
  return { ...(await settled(await runHandle(route, push, services))), ...effects };
}

/**
 * Runs `later` with a task, which is converted to JSON and back as in the server. Errors of the handler propagate.
 *
 * @example
 * expect(await tryLater(handler, textPush({ content: '天气' }), { city: '北京' })).toMatchObject({ type: 'replied' });
 */
export async function tryLater<T extends Json>(
  handler: Handler & { later?(ctx: never, task: T): unknown },
  push: Push,
  task: T,
  options: TryOptions = {},
): Promise<Tried> {
  const effects: Effects = { sent: [], uploads: [] };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON makes of JSON is JSON
  const stored = JSON.parse(JSON.stringify(task)) as Json;
  const outcome = await runLater(
    load(handler),
    push,
    stored,
    servicesFor({ attempt: 1, remainingMs: 0, ...options }, effects, push),
  );
  return { ...(await settled(outcome)), ...effects };
}

/**
 * Runs an observer for a push, if its `on` and `accounts` select it. Errors of the observer propagate.
 *
 * @example
 * await tryObserver(observer, eventPush('subscribe'));
 */
export async function tryObserver(observer: Observer, push: Push, options: TryOptions = {}): Promise<void> {
  const { account, api, log } = servicesFor(options, { sent: [], uploads: [] }, push);
  if (isSelected(observer, push, { account }))
    await observer.observe?.({ push, user: push.user, account, api, log });
}

/**
 * Runs `undelivered` of an observer, if its `on` and `accounts` select the push. Errors of the observer propagate.
 *
 * @example
 * await tryUndelivered(observer, textPush({ content: '天气' }), { reason: 'window-closed' });
 */
export async function tryUndelivered(
  observer: Observer,
  push: Push,
  letter: Partial<UndeliveredAnswer> = {},
  options: TryOptions = {},
): Promise<void> {
  const { account, api, log } = servicesFor(options, { sent: [], uploads: [] }, push);
  if (!isSelected(observer, push, { account })) return;
  const whole = { ...LETTER, id: push.id, pushId: push.id, ...letter };
  await observer.undelivered?.({ push, user: push.user, account, api, log }, whole);
}

const isSelected = (module: Handler | Observer, { kind }: Push, { account }: { account: string }): boolean =>
  specificity([module.on].flat(), kind) !== undefined && servesAccount(module, account);

const CHOICE_IDS = createChoiceIds(toAppId('wx0123456789abcdef'), () => ({
  encodingAesKeys: ['tried'],
  appSecret: undefined,
  tokens: [],
}));

const LETTER = { reason: 'window-closed', detail: 'a try', handler: 'tried', messages: 1 };

const load = (module: Handler): LoadedHandler => ({
  name: 'tried',
  file: 'tried',
  on: [module.on].flat(),
  module,
});

/** Reads a stream to its end. Errors of its source propagate. */
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

function servicesFor(options: TryOptions, { sent, uploads }: Effects, { user }: Push): RunServices {
  const { remainingMs = 4_500, attempt = 1, account = 'default', log = silentLogger } = options;
  const signal = options.signal ?? new AbortController().signal;
  return {
    account,
    log,
    attempt,
    signal,
    signChoice: (handler, id, validForMs) => CHOICE_IDS.sign({ handler, id, user }, Date.now() + validForMs),
    session: options.session ?? memorySession(),
    api: fakeApi(options.api),
    async askBackend(backend) {
      if (options.backend === undefined)
        throw new TypeError(
          'The handler forwards its push: give the option `backend`, which makes the reply',
        );
      return options.backend(backend);
    },
    deadline: { at: new Date(Date.now() + remainingMs), remainingMs: () => remainingMs, signal },
    async send(message) {
      sent.push(message);
    },
    async upload(kind, source) {
      if ('path' in source && !existsSync(source.path))
        throw new MediaUnavailable(
          {
            en: `the file ${source.path} is not there: a relative path begins at the directory of the handler's file`,
            zh: `没有 ${source.path} 这个文件：相对路径从处理模块所在的目录算起`,
          },
          { mayComeBack: false },
        );
      const mediaId = `uploaded-${uploads.length + 1}`;
      uploads.push({ kind, source, mediaId });
      return mediaId;
    },
    window: async () => ({ left: options.windowLeft ?? 5, untilMs: Date.now() + 48 * 3_600_000 }),
  };
}

/** In a test, a `when` that throws is a failure; in the server it only means "not mine". */
const loud: Logger = {
  ...silentLogger,
  error(fields) {
    throw 'err' in fields ? fields.err : new Error('a `when` failed');
  },
};
