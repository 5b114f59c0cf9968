import type { Outcome } from '../handling/run-handler.js';
import type { Router } from '../handling/router.js';
import type { DeferredJob, DeferredQueue } from '../ports/deferred-queue.js';
import type { StoredRecord } from '../ports/state-store.js';
import {
  toCustomerServiceMessage,
  type CustomerServiceMessage,
} from '../protocol/customer-service-message.js';
import type { Json } from '../protocol/json.js';
import { toPassiveXml } from '../protocol/passive-xml.js';
import type { Push } from '../protocol/push.js';
import type { LateReply, Reply } from '../protocol/reply.js';
import type { Account } from './account.js';
import { bury, type DeadReason } from './dead-letter.js';
import { handleFor } from './handle-for.js';
import { makeJob } from './job.js';
import { lateMessages, partsOf } from './parts.js';
import { RecordInHand, type RecordDeps, type Rule } from './record-in-hand.js';
import * as rules from './record.js';
import { SUCCESS, Tries, type Verdict } from './tries.js';
import { WrittenJob } from './written-job.js';

/**
 * The job is written this long before the deadline: 800 ms for Redis, then 300 ms for the journal, so that it is
 * known to be safe when `success` has to be said.
 */
export const LEASE_AHEAD_MS = 1_100;
/** At the deadline the record must say `adopted` before `success` is said; a store that hangs is not waited for longer. */
const ADOPT_GRACE_MS = 250;
/** A leased job waits this long past the deadline: as long as it takes to be sure that its owner is dead. */
const LEASE_LASTS_MS = 2_500;
/** The rest of a long text waits until its first part has arrived. */
const REST_AFTER_MS = 1_000;
/** How often a try looks whether the process that runs its push has an outcome. */
const LOOK_EVERY_MS = 100;
/** An adopted run that takes longer than this is given up. */
const ADOPTED_LIMIT_MS = 10 * 60_000;
/** A handler that takes longer is named in the log: it is close to the deadline. */
const SLOW_HANDLER_MS = 3_000;

export interface RunDeps extends RecordDeps {
  readonly queue: DeferredQueue;
  readonly router: () => Router;
  /** The runs of this process by record key. A run stays until the store knows how it went. */
  readonly runs: Map<string, Run>;
  /** The record keys of late work that this process is doing. */
  readonly inHand: Set<string>;
}

/**
 * One push in this process: its tries, its job, its record, and where this process won the claim, its handler.
 *
 * A run ends in one of three ways. In time: the outcome is settled and the tries hear it. At the deadline: the run
 * is adopted, the tries hear `success`, and the outcome goes to the queue when it comes. Lost: another process took
 * the push over, and this one follows what that makes of it.
 */
export class Run {
  readonly #deps: RunDeps;
  readonly #account: Account;
  readonly #push: Push;
  readonly #key: string;
  readonly #receivedAtMs: number;
  readonly #record: RecordInHand;
  readonly #tries: Tries;
  readonly #job: WrittenJob;
  /** The time to write the job ahead has come: from now on another process's try may adopt the run. */
  #contested = false;
  #handler = '';
  /** When the handler was started here; undefined: it was not, or it was named as slow. */
  #startedAtMs: number | undefined;
  /** A settled answer is on its way to the store, and nobody knows whether it has arrived. */
  #isAnswering = false;
  #heldSinceMs: number;
  #deadlineAtMs = Number.POSITIVE_INFINITY;
  #abort: AbortController | undefined;
  #isHandedOver = false;
  #cancelLimit: (() => void) | undefined;

  constructor(
    deps: RunDeps,
    account: Account,
    push: Push,
    key: string,
    stored: StoredRecord,
    receivedAtMs: number,
  ) {
    this.#deps = deps;
    this.#account = account;
    this.#push = push;
    this.#key = key;
    this.#receivedAtMs = receivedAtMs;
    this.#record = new RecordInHand(deps, key, push.id, stored);
    this.#tries = new Tries(deps.clock, LEASE_AHEAD_MS, this);
    this.#job = new WrittenJob(deps.queue, deps.log, push.id);
    this.#heldSinceMs = deps.clock.now();
    deps.runs.set(key, this);
  }

  join(deadlineAtMs: number): Verdict | Promise<Verdict> {
    if (deadlineAtMs < this.#deadlineAtMs) this.#deadlineAtMs = deadlineAtMs;
    return this.#tries.join(deadlineAtMs);
  }

  /** Runs the handler: this process holds the claim. */
  start(deadlineAtMs: number): void {
    this.#startedAtMs = this.#deps.clock.now();
    const outcome = handleFor(this.#deps, this.#account, this.#push, {
      attempt: this.#record.record.attempt,
      deadlineAtMs,
      signal: () => (this.#abort ??= new AbortController()).signal,
      onRoute: (handler) => (this.#handler = handler),
    });
    if (!(outcome instanceof Promise)) return this.#watch(this.#onOutcome(outcome));
    const ending = outcome.then(
      (value) => this.#onOutcome(value),
      (error: unknown) => this.#onThrow(error),
    );
    return this.#watch(ending.finally(() => this.#nameIfSlow()));
  }

  /** Another process runs the handler: look until it has an outcome, take over if it is dead. */
  follow(deadlineAtMs: number): void {
    this.#deps.clock.schedule(LOOK_EVERY_MS, () => void this.#look(deadlineAtMs));
  }

  /** The process is going down: what runs here after its deadline is left to others, then told to stop. */
  async handOver(): Promise<void> {
    this.#isHandedOver = true;
    if (this.#tries.verdict?.type === 'success' && this.#job.isSafe) {
      await this.#record.change(rules.giveBack, { durable: true });
      await this.#job.hurry();
    }
    this.#abort?.abort(new Error('the server is shutting down'));
  }

  // ── deadline ──────────────────────────────────────────────────────────────────────────────────────────────

  /** The tries' timer: the job has to be written now, to be safe at the deadline. */
  onLeaseTime(deadlineAtMs: number): void {
    this.#contested = true;
    this.#nameIfSlow();
    // Where another process runs it, the handler's name is not known yet.
    if (this.#handler === '') this.#handler = this.#deps.router().route(this.#push)?.handler.name ?? '';
    void this.#job.write(() => this.#makeJob({ reason: 'overrun' }), deadlineAtMs + LEASE_LASTS_MS);
  }

  /** The tries' timer: something has to be said now. */
  onDeadline(): void {
    this.#watch(this.#adopt());
  }

  async #adopt(): Promise<void> {
    if (!this.#job.isSafe && !(await this.#isJobSafeSoon())) {
      if (this.#isLate) return undefined;
      this.#report('unavailable');
      return this.#tries.turnAway();
    }
    const cancelGrace = this.#deps.clock.schedule(ADOPT_GRACE_MS, () => {
      if (!this.#isAnswering) return this.#sayAdopted();
      // The store may have it as answered: "success" would be a lie if this process died now. A retry hears the truth.
      this.#report('unavailable');
      return this.#tries.turnAway();
    });
    const made = await this.#change(rules.adopt, { durable: false });
    cancelGrace();
    if (made || this.#isAdopted) this.#sayAdopted();
    // An answer was settled in this very moment: by this process, which says it, or by the one that is followed.
    else if (!this.#record.isOurs) await this.#look(this.#deadlineAtMs);
  }

  /** A loop that was held up may have begun to write the job at the deadline only: there is a moment left. */
  async #isJobSafeSoon(): Promise<boolean> {
    let cancel = (): void => {};
    const late = new Promise<boolean>((resolve) => {
      cancel = this.#deps.clock.schedule(ADOPT_GRACE_MS, () => resolve(false));
    });
    const safe = await Promise.race([this.#job.settled(), late]);
    cancel();
    return safe;
  }

  #sayAdopted(): void {
    if (this.#isLate) return;
    this.#report('adopted');
    this.#tries.speak(SUCCESS);
    if (!this.#record.isOurs) return this.#leave();
    this.#cancelLimit = this.#deps.clock.schedule(ADOPTED_LIMIT_MS, () => this.#watch(this.#giveUp()), {
      background: true,
    });
  }

  #giveUp(): Promise<void> {
    this.#abort?.abort(new Error('the run took too long'));
    return this.#die('handler_hung', `no outcome within ${ADOPTED_LIMIT_MS / 60_000} minutes`);
  }

  // ── outcome ───────────────────────────────────────────────────────────────────────────────────────────────

  /** `success` was said at the deadline: whatever the handler made has to travel late. */
  get #isLate(): boolean {
    return this.#tries.verdict !== undefined;
  }

  /** The record says so already, and the tries are about to hear it. */
  get #isAdopted(): boolean {
    return this.#record.isOurs && this.#record.record.state === 'adopted';
  }

  /** While nobody can have adopted the run or taken it over, its answer need not be confirmed first. */
  get #isUndisputed(): boolean {
    return !this.#contested && this.#deps.owner.isCertainSince(this.#heldSinceMs);
  }

  #onOutcome(outcome: Outcome): void | Promise<void> {
    this.#cancelLimit?.();
    if (this.#isLate) return this.#finishLate(outcome);
    switch (outcome.type) {
      case 'replied':
        return this.#reply(outcome.reply);
      case 'silent':
        return this.#acknowledge('silent');
      case 'deferred':
        return this.#defer(outcome.task);
      default:
        return outcome satisfies never;
    }
  }

  #onThrow(error: unknown): Promise<void> {
    this.#cancelLimit?.();
    // It heeds the stop, and another process runs it again.
    if (this.#isHandedOver && this.#isLate) return Promise.resolve();
    this.#deps.log.error({ err: error, pushId: this.#push.id, handler: this.#handler }, 'a handler threw');
    if (this.#isLate) return this.#die('handler_threw', 'thrown after the deadline');
    return this.#acknowledge('threw');
  }

  #reply(reply: Reply): void | Promise<void> {
    const { first, rest } = partsOf(reply);
    let xml: string;
    try {
      xml = toPassiveXml(first, this.#push, Math.floor(this.#deps.clock.now() / 1000));
    } catch (error) {
      return this.#onThrow(error);
    }
    if (rest.length > 0) return this.#replyFirst(reply, xml, rest.map(toCustomerServiceMessage));
    if (!this.#isUndisputed) return this.#takeBack(reply, xml);
    this.#say('replied', { type: 'reply', xml });
    this.#watch(this.#change(rules.answer, { durable: false, body: xml }));
    return undefined;
  }

  /** The job may already be in the queue: the record must say `answered` before anybody hears the answer. */
  async #takeBack(reply: Reply, xml: string): Promise<void> {
    this.#isAnswering = true;
    const made = await this.#change(rules.answer, { durable: true, body: xml });
    this.#isAnswering = false;
    if (this.#isLate || this.#isAdopted) return this.#finishLate({ type: 'replied', reply });
    if (!made) return this.#lose();
    this.#say('replied', { type: 'reply', xml });
    return this.#job.drop();
  }

  /** A text that is too long for one message: its first part now, the rest behind it, promised before it is said. */
  async #replyFirst(reply: Reply, xml: string, rest: readonly CustomerServiceMessage[]): Promise<void> {
    const writing = this.#job.write(
      () => this.#makeJob({ reason: 'overrun' }),
      this.#deps.clock.now() + REST_AFTER_MS,
    );
    const isLeased = this.#contested;
    const kept = await writing;
    this.#isAnswering = true;
    const made =
      kept &&
      (await this.#change((record, me) => rules.answerFirst(record, me, rest), { durable: true, body: xml }));
    this.#isAnswering = false;
    if (this.#isLate || this.#isAdopted) return this.#finishLate({ type: 'replied', reply });
    if (!kept) {
      await this.#record.remove();
      return this.#turnAway();
    }
    if (!made) return this.#lose();
    this.#say('replied', { type: 'reply', xml });
    return isLeased ? this.#job.hurry() : undefined;
  }

  async #acknowledge(outcome: 'silent' | 'threw'): Promise<void> {
    this.#say(outcome, SUCCESS);
    await this.#change(rules.acknowledge, { durable: this.#contested });
    if (this.#contested) await this.#job.drop();
  }

  async #defer(task: Json): Promise<void> {
    const postpone: Rule = (record, me) => rules.postpone(record, me, this.#handler, task);
    if (this.#contested && (await this.#job.settled())) {
      // The job under this id is the leased one, so the task can only travel in the record.
      if (!(await this.#change(postpone, { durable: true }))) return this.#lose();
      this.#say('deferred', SUCCESS);
      return this.#job.hurry();
    }
    const writing = this.#job.write(() => this.#makeJob({ reason: 'deferred', task }));
    const made = await this.#change(postpone, { durable: false });
    if (!(await writing)) {
      // Nothing is kept: the next try is a first one.
      await this.#record.remove();
      return this.#turnAway();
    }
    return made ? this.#say('deferred', SUCCESS) : this.#lose();
  }

  // ── after the deadline ────────────────────────────────────────────────────────────────────────────────────

  async #finishLate(outcome: Outcome): Promise<void> {
    switch (outcome.type) {
      case 'silent':
        await this.#change(rules.acknowledge, { durable: true });
        return this.#job.drop();
      case 'deferred':
        await this.#change((record, me) => rules.postpone(record, me, this.#handler, outcome.task), {
          durable: true,
        });
        return this.#job.hurry();
      case 'replied': {
        if (outcome.reply.type === 'to-staff')
          return this.#die('cannot_be_sent_late', 'a transfer to staff exists as a passive reply only');
        const messages = this.#lateMessages(outcome.reply);
        if (messages === undefined)
          return this.#die('handler_threw', 'its late reply is none that WeChat takes');
        await this.#change((record, me) => rules.finish(record, me, messages), { durable: true });
        return this.#job.hurry();
      }
      default:
        return outcome satisfies never;
    }
  }

  /** `undefined`: the reply cannot be sent. */
  #lateMessages(reply: LateReply): CustomerServiceMessage[] | undefined {
    try {
      return lateMessages(reply);
    } catch (error) {
      this.#deps.log.error(
        { err: error, pushId: this.#push.id, handler: this.#handler },
        'a late reply is invalid',
      );
      return undefined;
    }
  }

  async #die(reason: DeadReason, detail: string): Promise<void> {
    const job = this.#makeJob({ reason: 'overrun' });
    await bury(this.#deps, job, this.#push.kind, this.#record.record, { reason, detail });
    await this.#change((record, me) => rules.conclude(record, me, { state: 'dead', reason }), {
      durable: true,
    });
    await this.#job.drop();
  }

  // ── other processes ───────────────────────────────────────────────────────────────────────────────────────

  /** Somebody else holds the push now: what was made here is dropped, and the tries hear what the other makes. */
  #lose(): void {
    this.#deps.log.warn(
      { pushId: this.#push.id, handler: this.#handler },
      'another process took this push over',
    );
    this.follow(this.#deadlineAtMs);
  }

  async #look(deadlineAtMs: number): Promise<void> {
    if (this.#isLate) return;
    try {
      const seen = await this.#record.look();
      if (seen === undefined) return this.#turnAway();
      const { record } = this.#record;
      if (record.state !== 'running') {
        const xml = rules.isReplied(record) ? seen.body : undefined;
        this.#say('joined', xml === undefined ? SUCCESS : { type: 'reply', xml });
        return this.#leave();
      }
      // Nobody runs it: its process died, or it is this one, whose claim was stored and reported as failed.
      const abandoned = !seen.ownerAlive || record.owner === this.#deps.owner.id;
      if (abandoned && (await this.#record.takeOver())) {
        const { attempt } = this.#record.record;
        this.#heldSinceMs = this.#deps.clock.now();
        this.#deps.log.warn({ pushId: this.#push.id, attempt }, 'took over a push whose process died');
        return this.start(deadlineAtMs);
      }
    } catch (error) {
      this.#deps.log.debug({ err: error, pushId: this.#push.id }, 'the record of a push could not be read');
    }
    return this.follow(deadlineAtMs);
  }

  // ── house-keeping ─────────────────────────────────────────────────────────────────────────────────────────

  /** Until the store took the change the run stays where tries find it, so its verdict is the one they hear. */
  async #change(rule: Rule, options: { durable: boolean; body?: string }): Promise<boolean> {
    const made = await this.#record.change(rule, options);
    this.#leaveWhenOver();
    return made;
  }

  #say(outcome: string, verdict: Verdict): void {
    this.#report(outcome);
    this.#tries.speak(verdict);
    this.#leaveWhenOver();
  }

  /** Nothing is kept of this run: the next try begins anew. */
  #turnAway(): void {
    this.#report('unavailable');
    this.#tries.turnAway();
    this.#leave();
  }

  /** The store knows the verdict, so tries need this run no more. While an adopted run goes on here, they may. */
  #leaveWhenOver(): void {
    const { record, isOurs } = this.#record;
    if (this.#isLate && (rules.isOver(record) || !isOurs)) this.#leave();
  }

  #leave(): void {
    if (this.#deps.runs.get(this.#key) === this) this.#deps.runs.delete(this.#key);
  }

  #makeJob(how: { reason: 'overrun' } | { reason: 'deferred'; task: Json }): DeferredJob {
    return makeJob(this.#push, this.#account.appId, this.#handler, this.#receivedAtMs, how);
  }

  #watch(ending: void | Promise<unknown>): void {
    ending?.catch((error: unknown) => {
      this.#deps.log.error({ err: error, pushId: this.#push.id }, 'a run could not be ended');
    });
  }

  /** Once for a run: at its end, or before the deadline where it does not come to one. */
  #nameIfSlow(): void {
    if (this.#startedAtMs === undefined) return;
    const { clock, log } = this.#deps;
    const ms = clock.now() - this.#startedAtMs;
    if (ms < SLOW_HANDLER_MS) return;
    this.#startedAtMs = undefined;
    log.warn(
      { pushId: this.#push.id, handler: this.#handler, ms },
      'a handler is slow: the deadline is near',
    );
  }

  #report(outcome: string): void {
    const { clock, log } = this.#deps;
    const stage = IN_TIME.has(outcome) ? 'answered' : outcome;
    const { id: pushId, kind } = this.#push;
    const ms = clock.now() - this.#receivedAtMs;
    log.info({ stage, pushId, kind, handler: this.#handler, outcome, ms }, 'push');
  }
}

const IN_TIME = new Set(['replied', 'silent', 'threw', 'joined']);
