import { randomInt } from 'node:crypto';
import type { RingBuffer } from '../state/ring-buffer.js';
import type { SandboxClock } from '../clock.js';
import type { Account, Exchange, Attempt, Verdict, VerdictCause } from '../types/types.js';
import { judge } from './judge.js';
import { judgeHandshake } from './judge-handshake.js';
import type { PushSuspension } from './push-suspension.js';
import type { PreparedPush } from './prepare.js';
import { sendAttempt } from './send-attempt.js';
import { CAUSES } from './sentences.js';
import { signHandshake, signPush, type SignedRequest } from './sign-request.js';

export interface PusherDeps {
  readonly clock: SandboxClock;
  readonly exchanges: RingBuffer<Exchange>;
  readonly pushSuspension: PushSuspension;
  account(): Account;
  changed(exchange: Exchange): void;
}

export type Origin = Pick<Exchange, 'copyOf' | 'replayOf' | 'consequenceOf'>;

export type NotSent = Extract<VerdictCause, 'mark-fail' | 'not-following' | 'blacklisted'>;

export interface DeliverOptions {
  readonly origin?: Origin;
  readonly timeoutMs?: number;
  readonly tries?: number;
  /** Set if WeChat makes no attempt. */
  readonly notSent?: NotSent;
}

/** An exchange with the server, with its start and its end. */
export interface Delivery {
  readonly exchange: Exchange;
  readonly done: Promise<Exchange>;
}

/** Sends pushes as WeChat does: up to three attempts of five seconds, the next one only without an answer. */
export interface Pusher {
  deliver(push: PreparedPush, options?: DeliverOptions): Delivery;
  handshake(): Delivery;
}

const TIMEOUT_MS = 5_000;
const MAX_ATTEMPTS = 3;

export function createPusher(deps: PusherDeps): Pusher {
  const { clock, exchanges, pushSuspension } = deps;

  function begin(made: Omit<Exchange, 'id' | 'atMs' | 'tries' | 'state'>): Exchange {
    const exchange: Exchange = {
      id: exchanges.nextId(),
      atMs: clock.now(),
      ...made,
      tries: [],
      state: 'running',
    };
    exchanges.put(exchange);
    deps.changed(exchange);
    return exchange;
  }

  function change(exchange: Exchange, more: Partial<Exchange>): Exchange {
    const next = { ...exchange, ...more };
    exchanges.put(next);
    deps.changed(next);
    return next;
  }

  async function tryOnce(
    before: Exchange,
    request: SignedRequest,
    timeoutMs: number,
  ): Promise<{ exchange: Exchange; last: Attempt }> {
    let exchange = before;
    const earlier = before.tries;
    const last = await sendAttempt(earlier.length + 1, request, {
      clock,
      timeoutMs,
      changed(state) {
        exchange = change(exchange, { tries: [...earlier, state] });
      },
    });
    return { exchange, last };
  }

  async function run(
    before: Exchange,
    push: PreparedPush,
    { notSent, timeoutMs = TIMEOUT_MS, tries = MAX_ATTEMPTS, origin = {} }: DeliverOptions,
  ): Promise<Exchange> {
    if (notSent !== undefined) return finish(before, unsent(notSent, clock.now()));
    const account = deps.account();
    let exchange = before;
    let last: Attempt;
    do {
      const tried = await tryOnce(exchange, signPush(push, account, clock.now()), timeoutMs);
      ({ exchange, last } = tried);
      if (last.outcome !== 'answered') noteFailure(push);
    } while (last.outcome !== 'answered' && last.number < tries && push.hostile === undefined);

    const { verdict, openedBody } = judge(push, last, account, clock.now(), {
      isRepeat: wasAnswered(origin, push),
    });
    if (verdict.outcome === 'failure' && last.outcome === 'answered') noteFailure(push);
    if (openedBody === undefined) return finish(exchange, verdict);
    const opened = exchange.tries.map((one) => (one.number === last.number ? { ...one, openedBody } : one));
    return finish({ ...exchange, tries: opened }, verdict);
  }

  const finish = (exchange: Exchange, verdict: Verdict): Exchange =>
    change(exchange, { state: 'done', verdict });

  /** True if the same push, with the same MsgId, got a reply before. */
  function wasAnswered({ replayOf = '' }: Origin, { msgId, createTime }: PreparedPush): boolean {
    const before = exchanges.get(replayOf);
    return before?.verdict?.outcome === 'reply' && before.msgId === msgId && before.createTime === createTime;
  }

  /** Counts a failure, unless WeChat would never send such a push. */
  function noteFailure(push: PreparedPush): void {
    if (push.hostile === undefined) pushSuspension.noteFailure();
  }

  return {
    deliver(push, options = {}) {
      const { kind, follower, mode, createTime, plainBody, msgId, hostile } = push;
      const exchange = begin({
        kind,
        follower,
        mode,
        createTime,
        plainBody,
        ...(msgId !== undefined && { msgId }),
        ...(hostile !== undefined && { hostile }),
        ...options.origin,
      });
      return { exchange, done: run(exchange, push, options) };
    },
    handshake() {
      const account = deps.account();
      const echostr = String(randomInt(1, 2 ** 47)).padStart(19, '4');
      const createTime = Math.floor(clock.now() / 1000);
      const { mode } = account;
      const exchange = begin({ kind: 'handshake', follower: '', mode, createTime, plainBody: echostr });
      const done = tryOnce(exchange, signHandshake(account, echostr, clock.now()), TIMEOUT_MS).then((tried) =>
        finish(tried.exchange, judgeHandshake(tried.last, echostr, clock.now())),
      );
      return { exchange, done };
    },
  };
}

function unsent(cause: NotSent, atMs: number): Verdict {
  const [zh, en] = CAUSES[cause];
  return { outcome: 'not-sent', cause, zh, en, atMs };
}
