import { AppError } from '../../protocol/app-error.js';
import type { Json } from '../../protocol/json.js';
import type { LateReply } from '../../protocol/reply.js';
import type { HandleContext, LateContext } from '../context.js';
import type { Handler } from '../define-handler.js';
import { specificity, type On } from '../event-filter.js';
import { Again, type HandlerResult, type LaterResult } from '../handler-result.js';
import type { Push } from '../../protocol/push/push.js';
import type { Backend } from './backend.js';
import { BackendDown } from './backend-error.js';

/**
 * A backend, and what `forward` sends to it.
 *
 * @example
 * const options: ForwardOptions = { on: 'message', url: 'http://127.0.0.1:3000/wechat', retry: 30 };
 */
export interface ForwardOptions extends Backend {
  /** @defaultValue `*`: every push that no other handler takes */
  readonly on?: On | readonly On[];
  /**
   * As in any handler: which pushes are its own.
   *
   * @defaultValue all of its `on`
   */
  readonly when?: (push: Push) => unknown;
  /**
   * How long a push is kept for a backend that is down: `window`, until its user can be sent nothing any more (48 h if the
   * push opened no window), or minutes; 0: not at all.
   *
   * @defaultValue `window`
   */
  readonly retry?: 'window' | number;
  /**
   * A handler without `when` that answers in place of a backend that is down: the pushes of its `on` are not kept.
   *
   * @defaultValue none: pushes are kept
   */
  readonly otherwise?: Handler;
}

/**
 * The options given to `forward` cannot be used.
 *
 * @example
 * if (error instanceof ForwardInvalid) console.error(error.message);
 */
export class ForwardInvalid extends AppError {
  readonly code = 'forward_invalid';
}

/** Stored while a push waits for its backend. */
interface Waiting {
  readonly untilMs: number;
  readonly tries: number;
}

const MINUTE_MS = 60_000;
/** Lifetime of a push that opened no send window. */
const NO_WINDOW_MS = 48 * 60 * MINUTE_MS;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Returns a handler that leaves the answer to another callback server, in any language: the push is signed and sealed as
 * WeChat would, and the passive reply is taken as the handler's answer. Late answers, retries, one run per push and dead
 * letters are those of every handler. A backend that is down gets the push later.
 *
 * @throws ForwardInvalid
 *
 * @example
 * export default forward({ url: 'http://127.0.0.1:3000/wechat' });
 */
export function forward(options: ForwardOptions = {}): Handler {
  const { on = '*', when, retry = 'window', otherwise, ...backend } = options;
  assertUsable(options);
  return {
    on,
    ...(when !== undefined && { when }),

    async handle(ctx) {
      try {
        return await ctx.forward(backend);
      } catch (error) {
        if (!(error instanceof BackendDown)) throw error;
        if (otherwise !== undefined && specificity([otherwise.on].flat(), ctx.push.kind) !== undefined) {
          ctx.log.warn({ err: error }, 'backend down: another handler answers');
          return asOther(ctx, await otherwise.handle(ctx));
        }
        if (retry === 0) throw error;
        const untilMs = await keptUntil(ctx, retry, error.atMs);
        ctx.log.warn({ err: error }, 'backend down: the push is kept, retry scheduled');
        return ctx.defer({ untilMs, tries: 0 });
      }
    },

    async later(ctx, task) {
      const others = taskOfOther(task);
      if (others !== undefined) return otherwise?.later?.(ctx, others.task);
      try {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a transfer to staff becomes a dead letter
        return (await ctx.forward(backend)) as LateReply | undefined;
      } catch (error) {
        if (!(error instanceof BackendDown)) throw error;
        return waitLonger(ctx, error, readWaiting(task));
      }
    },
  };
}

/** @throws the error, if the push was kept long enough */
function waitLonger(ctx: LateContext, error: BackendDown, { untilMs, tries }: Waiting): LaterResult {
  const afterMs = Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS);
  if (error.atMs + afterMs > untilMs) throw error;
  ctx.log.debug({ err: error, afterMs }, 'backend down: the push is kept, retry scheduled');
  return new Again({ untilMs, tries: tries + 1 }, afterMs);
}

async function keptUntil(ctx: HandleContext, retry: 'window' | number, nowMs: number): Promise<number> {
  if (retry !== 'window') return nowMs + retry * MINUTE_MS;
  const { left, until } = await ctx.window();
  return left > 0 ? until.getTime() : nowMs + NO_WINDOW_MS;
}

/** Marks a deferral of the other handler, whose `later` finishes it. */
const asOther = (ctx: HandleContext, result: HandlerResult): HandlerResult =>
  typeof result === 'object' && result !== null && 'type' in result && result.type === 'deferral'
    ? ctx.defer({ other: result.task })
    : result;

const taskOfOther = (task: Json): { readonly task: Json } | undefined =>
  typeof task === 'object' && task !== null && 'other' in task
    ? { task: Reflect.get(task, 'other') }
    : undefined;

function readWaiting(task: Json): Waiting {
  const read = (name: keyof Waiting): number => {
    const value: unknown = typeof task === 'object' && task !== null ? Reflect.get(task, name) : undefined;
    return typeof value === 'number' ? value : 0;
  };
  return { untilMs: read('untilMs'), tries: read('tries') };
}

function assertUsable({ url, timeoutMs, retry = 'window', otherwise }: ForwardOptions): void {
  if (otherwise?.when !== undefined)
    throw new ForwardInvalid({
      en: 'The handler that answers otherwise has a `when`: give one that takes every push of its `on`',
      zh: 'otherwise 的处理模块带有 `when`：请换一个没有 `when` 的',
    });
  if (url !== undefined && !(URL.canParse(url) && /^https?:/i.test(url)))
    throw new ForwardInvalid({
      en: 'The url of forward is not an http(s) URL: give that of the backend’s callback',
      zh: 'forward 的 url 不是 http(s) URL：请填后端的回调地址',
    });
  if (timeoutMs !== undefined && !(Number.isFinite(timeoutMs) && timeoutMs > 0))
    throw new ForwardInvalid({
      en: `The timeoutMs of forward is ${timeoutMs}: give a number of ms above 0`,
      zh: `forward 的 timeoutMs 是 ${timeoutMs}：请填大于 0 的毫秒数`,
    });
  if (retry === 'window' || (typeof retry === 'number' && Number.isFinite(retry) && retry >= 0)) return;
  throw new ForwardInvalid({
    en: `The retry of forward is ${String(retry)}: give 'window', or minutes from 0`,
    zh: `forward 的 retry 是 ${String(retry)}：请填 'window'，或不小于 0 的分钟数`,
  });
}
