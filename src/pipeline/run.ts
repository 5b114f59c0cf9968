import type { Outcome } from '../handling/run-handler.js';
import type { TextStream } from '../handling/text-stream.js';
import type { StoredRecord } from '../ports/state-store.js';
import type { Json } from '../protocol/json.js';
import type { Push } from '../protocol/push.js';
import { accompany } from './accompany.js';
import type { Account } from './account.js';
import { AnswerInTime } from './answer-in-time.js';
import { isReply, type OwnAnswer } from './compose-answer.js';
import { Deadline } from './deadline.js';
import { finishFor, handleFor } from './handle-for.js';
import { LateEnd } from './late-end.js';
import { PushInHand, type Arrival, type RunDeps, type RunHere } from './push-in-hand.js';
import * as rules from './record.js';
import { endOf, restOf } from './stream-end.js';
import { SUCCESS, type Try, type Verdict } from './tries.js';

export type { Arrival, RunDeps } from './push-in-hand.js';

/** How often a try looks whether the process that runs its push has an outcome. */
const LOOK_EVERY_MS = 100;
/** An adopted run that takes longer than this is given up. */
const ADOPTED_LIMIT_MS = 10 * 60_000;
/** A handler that takes longer is named in the log: it is close to the deadline. */
const SLOW_HANDLER_MS = 3_000;

/**
 * One push in this process, and where this process won the claim, the run of its handler. It ends in one of four ways.
 *
 * In time: the outcome is settled and the tries hear it (`answer-in-time.ts`). At the deadline: the run is adopted, the
 * tries hear `success` or a notice, and the outcome goes to the queue when it comes (`deadline.ts`, `late-end.ts`).
 * Between tries that are held: the outcome stands ready in the record for the next try. Lost: another process took the
 * push over, and this one follows what that makes of it.
 */
export class Run implements RunHere {
  readonly hand: PushInHand;
  readonly #answer: AnswerInTime;
  readonly #deadline: Deadline;
  readonly #lateEnd: LateEnd;
  #deadlineAtMs = Number.POSITIVE_INFINITY;
  /** When the handler was started here; undefined: it was not, or it was named as slow. */
  #startedAtMs: number | undefined;
  #abort: AbortController | undefined;
  #isHandedOver = false;
  #ending: Promise<void> = Promise.resolve();
  #cancelLimit: (() => void) | undefined;
  /** An outcome came: from then on nobody waits for one. */
  #isOver = false;
  #stopAccompanying: (() => void) | undefined;

  constructor(deps: RunDeps, account: Account, push: Push, stored: StoredRecord, arrival: Arrival) {
    this.hand = new PushInHand(deps, account, push, stored, arrival, {
      onLeaseTime: (deadlineAtMs) => {
        this.#nameIfSlow();
        this.#deadline.approaches(deadlineAtMs);
      },
      onDeadline: () => this.#deadline.strikes(this.#deadlineAtMs),
    });
    const { record, job, name } = this.hand;
    const look = (): Promise<void> => this.#look();
    this.#lateEnd = new LateEnd(deps, push, record, job, () => this.hand.makeJob());
    this.#deadline = new Deadline(this.hand, { onAdopted: () => this.#onAdopted(), look });
    this.#answer = new AnswerInTime(this.hand, {
      onInvalid: (error) => this.#onThrow(error),
      onLate: (own) => this.#endLate(own),
      onThrownLate: () => this.#dieThrown(),
      onLost: () => this.#lose(),
      look,
    });
    deps.runs.set(name.key, this);
  }

  join(one: Try): Verdict | Promise<Verdict> {
    if (one.deadlineAtMs < this.#deadlineAtMs) this.#deadlineAtMs = one.deadlineAtMs;
    return this.hand.tries.join(one);
  }

  /** Runs the handler: this process holds the claim. */
  start(): void {
    const { deps, account, push, record, arrival } = this.hand;
    this.#startedAtMs = deps.clock.now();
    const outcome = handleFor(deps, account, push, {
      attempt: record.record.attempt,
      deadlineAtMs: arrival.passiveUntilMs,
      signal: () => this.#signal,
      onRoute: (handler) => (this.hand.handler = handler),
    });
    if (!(outcome instanceof Promise)) return this.#endBy(this.#onOutcome(outcome));
    const ending = outcome.then(
      (value) => this.#onOutcome(value),
      (error: unknown) => this.#onThrow(error),
    );
    return this.#endBy(ending.finally(() => this.#nameIfSlow()));
  }

  /** Runs the handler only where no earlier push of the sender is worked on; else says the notice. */
  startUnlessPending(): void {
    const { deps, name, notice } = this.hand;
    this.hand.watch(
      deps.store.ahead(name.sender, name.key, deps.clock.now()).then(
        (ahead) => (ahead === undefined ? this.start() : this.#answer.settle(notice)),
        () => this.start(),
      ),
    );
  }

  /** Another process runs the handler: look until it has an outcome, take over if it is dead. */
  follow(): void {
    this.hand.deps.clock.schedule(LOOK_EVERY_MS, () => void this.#look());
  }

  /** An answer that nobody heard stands ready in the record: the try that came hears it. */
  handOut(): void {
    this.hand.watch(this.#answer.settle(this.hand.record.record.messages ?? []));
  }

  /**
   * The process is going down: what runs here is left to others, then told to stop. From then on its outcome counts for
   * nothing, since one that was told to stop may say anything.
   */
  async handOver(): Promise<void> {
    const { hand } = this;
    await hand.tries.idle();
    // Its outcome is being settled.
    if (this.#isOver) return this.#ending;
    this.#isHandedOver = true;
    this.#endWait();
    this.#stopAccompanying?.();
    // Without the store it stays as it is, and the end of this process frees it.
    await hand.release(hand.isLate, AbortSignal.abort()).catch((error: unknown) => {
      hand.deps.log.debug({ err: error, pushId: hand.push.id }, 'a run could not be handed over');
    });
    hand.stream?.abort();
    this.#abort?.abort(new Error('the server is shutting down'));
  }

  // ── outcome ───────────────────────────────────────────────────────────────────────────────────────────────

  get #signal(): AbortSignal {
    return (this.#abort ??= new AbortController()).signal;
  }

  #endBy(ending: void | Promise<void>): void {
    if (ending !== undefined) this.#ending = ending;
    this.hand.watch(ending);
  }

  #onOutcome(outcome: Outcome): void | Promise<void> {
    if (this.#isHandedOver) return undefined;
    if (outcome.type === 'streaming') return this.#readOn(outcome.stream);
    this.#endWait();
    if (this.hand.isLate) return this.#end(this.#lateEnd.settle(outcome, this.hand.handler));
    switch (outcome.type) {
      case 'replied':
        return this.#answer.reply(outcome.reply);
      case 'silent':
        return this.#answer.acknowledge('silent');
      case 'deferred':
        return this.hand.isPassiveOnly ? this.#finishNow(outcome.task) : this.#answer.defer(outcome.task);
      default:
        return outcome satisfies never;
    }
  }

  #endWait(): void {
    this.#isOver = true;
    this.#cancelLimit?.();
  }

  #onThrow(error: unknown): void | Promise<void> {
    const { isLate, deps, push, handler } = this.hand;
    if (this.#isHandedOver) return undefined;
    this.#endWait();
    deps.log.error({ err: error, pushId: push.id, handler }, 'a handler threw');
    return isLate ? this.#dieThrown() : this.#answer.acknowledge('threw');
  }

  #dieThrown(): Promise<void> {
    return this.#end(this.#lateEnd.die('handler_threw', 'thrown after the deadline'));
  }

  /** Reads an answer to its end. At the deadline its whole sentences so far are said, and the rest travels late. */
  async #readOn(stream: TextStream): Promise<void> {
    const { deps, push } = this.hand;
    this.hand.stream = stream;
    if (this.hand.isLate) this.#accompany(stream);
    const end = await endOf(stream, deps.log, push.id);
    this.#stopAccompanying?.();
    return end.type === 'broken' ? this.#onThrow(end.error) : this.#onOutcome(end);
  }

  #accompany(stream: TextStream): void {
    const { deps, account, push, name } = this.hand;
    this.#stopAccompanying = accompany(deps, account, push, name, stream);
  }

  /** Tries are held anyway: what was to be done later is done now, and may still be a passive reply. */
  #finishNow(task: Json): Promise<void> {
    const { deps, account, push, handler } = this.hand;
    this.#isOver = false;
    return finishFor(deps, account, push, { handler, task, attempt: 1, signal: this.#signal }).then(
      (outcome) => this.#onOutcome(outcome ?? { type: 'silent' }),
      (error: unknown) => {
        if (this.#isHandedOver) return undefined;
        deps.log.warn({ err: error, pushId: push.id, handler }, 'a `later` threw; it is tried again');
        return this.hand.isLate ? this.#onOutcome({ type: 'deferred', task }) : this.#answer.defer(task);
      },
    );
  }

  // ── after the deadline ────────────────────────────────────────────────────────────────────────────────────

  #onAdopted(): void {
    const { deps, stream } = this.hand;
    if (stream !== undefined) this.#accompany(stream);
    // It ended while the store was being told that it goes on.
    if (this.#isOver) return;
    const giveUp = (): Promise<void> => {
      this.hand.stream?.abort();
      this.#abort?.abort(new Error('the run took too long'));
      const limit = `no outcome within ${ADOPTED_LIMIT_MS / 60_000} minutes`;
      return this.#end(this.#lateEnd.die('handler_hung', limit));
    };
    this.#cancelLimit = deps.clock.schedule(ADOPTED_LIMIT_MS, () => this.hand.watch(giveUp()), {
      background: true,
    });
  }

  /** The deadline was faster than the answer. */
  #endLate(own: OwnAnswer): Promise<void> {
    const { stream, handler } = this.hand;
    const whole = isReply(own) ? ({ type: 'replied', reply: own } as const) : ({ type: 'silent' } as const);
    // Its beginning may have been said at the deadline.
    return this.#end(this.#lateEnd.settle(stream === undefined ? whole : restOf(stream), handler));
  }

  async #end(ending: Promise<void>): Promise<void> {
    await ending;
    this.hand.leaveWhenOver();
  }

  // ── other processes ───────────────────────────────────────────────────────────────────────────────────────

  /** Somebody else holds the push now: what was made here is dropped, and the tries hear what the other makes. */
  #lose(): void {
    const { deps, push, handler } = this.hand;
    deps.log.warn({ pushId: push.id, handler }, 'another process took this push over');
    this.follow();
  }

  async #look(): Promise<void> {
    const { hand } = this;
    const { deps, push } = hand;
    if (hand.isLate) return undefined;
    if (!hand.tries.areWaiting) return hand.leave();
    try {
      const seen = await hand.record.look();
      if (seen === undefined) return hand.turnAway();
      const { record } = hand.record;
      if (rules.isUnheard(record)) return await this.#answer.settle(record.messages ?? []);
      if (record.state !== 'running') {
        const xml = rules.isReplied(record) ? seen.body : undefined;
        hand.say('joined', xml === undefined ? SUCCESS : { type: 'reply', xml });
        return hand.leave();
      }
      // Nobody runs it: its process died, or it is this one, whose claim was stored and reported as failed.
      const abandoned = !seen.ownerAlive || record.owner === deps.owner.id;
      if (abandoned && (await hand.record.takeOver())) {
        hand.heldSinceMs = deps.clock.now();
        deps.log.warn(
          { pushId: push.id, attempt: hand.record.record.attempt },
          'took over a push whose process died',
        );
        return this.start();
      }
    } catch (error) {
      deps.log.debug({ err: error, pushId: push.id }, 'the record of a push could not be read');
    }
    return this.follow();
  }

  /** Once for a run: at its end, or before the deadline where it does not come to one. */
  #nameIfSlow(): void {
    if (this.#startedAtMs === undefined) return;
    const { deps, push, handler } = this.hand;
    const ms = deps.clock.now() - this.#startedAtMs;
    if (ms < SLOW_HANDLER_MS) return;
    this.#startedAtMs = undefined;
    deps.log.warn({ pushId: push.id, handler, ms }, 'a handler is slow: the deadline is near');
  }
}
