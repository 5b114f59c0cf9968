import type { Outcome } from '../handling/run-handler.js';
import type { Router } from '../handling/router.js';
import type { Clock } from '../ports/clock.js';
import type { DeferredQueue } from '../ports/deferred-queue.js';
import type { Logger } from '../ports/logger.js';
import type { PushRecord, StoredRecord } from '../ports/state-store.js';
import type { Json } from '../protocol/json.js';
import { toCustomerServiceMessage } from '../protocol/customer-service-message.js';
import { toPassiveXml } from '../protocol/passive-xml.js';
import type { Push } from '../protocol/push.js';
import type { Reply } from '../protocol/reply.js';
import type { Account } from './account.js';
import { changeRecord, type Change, type RecordKeeper } from './change-record.js';
import { bury, type DeadReason } from './dead-letter.js';
import { handleFor } from './handle-for.js';
import { insist } from './insist.js';
import { makeJob } from './job.js';
import type { Owner } from './owner.js';
import * as rules from './record.js';
import { SUCCESS, Tries, type Verdict } from './tries.js';

/**
 * The job is written this long before the deadline: 800 ms for Redis, then 300 ms for the journal, so that it is
 * known to be safe when `success` has to be said.
 */
export const LEASE_AHEAD_MS = 1_100;
/** At the deadline the record must say `adopted` before `success` is said; a store that hangs is not waited for longer. */
const ADOPT_GRACE_MS = 250;
/** A leased job waits this long past the deadline: as long as it takes to be sure that its owner is dead. */
const LEASE_LASTS_MS = 2_500;
/** How often a try looks whether the process that runs its push has an outcome. */
const LOOK_EVERY_MS = 100;
/** An adopted run that takes longer than this is given up. */
const ADOPTED_LIMIT_MS = 10 * 60_000;
/** A handler that takes longer is named in the log: it is close to the deadline. */
const SLOW_HANDLER_MS = 3_000;

export interface RunDeps extends RecordKeeper {
  readonly queue: DeferredQueue;
  readonly clock: Clock;
  readonly log: Logger;
  readonly owner: Owner;
  readonly router: () => Router;
  /** The runs of this process by record key. A run stays until the store knows how it went. */
  readonly runs: Map<string, Run>;
  /** The record keys of late work that this process is doing. */
  readonly inHand: Set<string>;
}

/**
 * One push in this process: its tries, its leased job and, where this process won the claim, its handler.
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
  readonly #tries: Tries;
  readonly #log: Logger;
  #stored: StoredRecord;
  #me: rules.Holder;
  /** The fate of the job that is written ahead. `none` again after a failure: the next try writes anew. */
  #lease: 'none' | 'writing' | 'safe' = 'none';
  /** The time to write the job ahead has come: from now on another process's try may adopt the run. */
  #contested = false;
  #leasing: Promise<void> = Promise.resolve();
  #handler = '';
  /** When the handler was started here; undefined: it was not, or it was named as slow. */
  #startedAtMs: number | undefined;
  #deadlineAtMs = Number.POSITIVE_INFINITY;
  #abort: AbortController | undefined;
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
    this.#stored = stored;
    this.#me = { owner: deps.owner.id, fence: stored.record.fence };
    this.#receivedAtMs = receivedAtMs;
    this.#log = deps.log;
    this.#tries = new Tries(deps.clock, LEASE_AHEAD_MS, {
      leaseTime: (deadlineAtMs) => this.#writeLease(deadlineAtMs),
      deadline: () => this.#passDeadline(),
    });
    deps.runs.set(key, this);
  }

  get handler(): string {
    return this.#handler;
  }

  join(deadlineAtMs: number): Verdict | Promise<Verdict> {
    if (deadlineAtMs < this.#deadlineAtMs) this.#deadlineAtMs = deadlineAtMs;
    return this.#tries.join(deadlineAtMs);
  }

  /** Runs the handler: this process holds the claim. */
  start(deadlineAtMs: number): void {
    this.#startedAtMs = this.#deps.clock.now();
    const outcome = handleFor(this.#deps, this.#account, this.#push, {
      attempt: this.#stored.record.attempt,
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

  #watch(ending: void | Promise<void>): void {
    ending?.catch((error: unknown) => {
      this.#log.error({ err: error, pushId: this.#push.id }, 'a run could not be ended');
    });
  }

  /** Another process runs the handler: look until it has an outcome, take over if it is dead. */
  follow(deadlineAtMs: number): void {
    this.#deps.clock.schedule(LOOK_EVERY_MS, () => {
      void this.#look(deadlineAtMs);
    });
  }

  /** The process is going down: what runs here after its deadline is left to others. */
  async handOver(): Promise<void> {
    this.#abort?.abort(new Error('the server is shutting down'));
    if (this.#tries.verdict?.type !== 'success' || this.#lease !== 'safe') return;
    await changeRecord(this.#deps, this.#key, this.#stored, (record) => rules.giveBack(record, this.#me), {
      durable: true,
    });
    await this.#deps.queue.hurry(this.#push.id);
  }

  /** Once for a run: at its end, or before the deadline where it does not come to one. */
  #nameIfSlow(): void {
    if (this.#startedAtMs === undefined) return;
    const ms = this.#deps.clock.now() - this.#startedAtMs;
    if (ms < SLOW_HANDLER_MS) return;
    this.#startedAtMs = undefined;
    this.#log.warn(
      { pushId: this.#push.id, handler: this.#handler, ms },
      'a handler is slow: the deadline is near',
    );
  }

  // ── deadline ──────────────────────────────────────────────────────────────────────────────────────────────

  #writeLease(deadlineAtMs: number): void {
    this.#contested = true;
    this.#nameIfSlow();
    if (this.#lease !== 'none') return;
    this.#lease = 'writing';
    // Where another process runs it, the name is not known yet.
    if (this.#handler === '') this.#handler = this.#deps.router().route(this.#push)?.handler.name ?? '';
    const job = makeJob(this.#push, this.#account.appId, this.#handler, this.#receivedAtMs, {
      reason: 'overrun',
    });
    this.#leasing = this.#deps.queue.put(job, { notBeforeMs: deadlineAtMs + LEASE_LASTS_MS }).then(
      () => {
        this.#lease = 'safe';
      },
      (error: unknown) => {
        this.#lease = 'none';
        this.#log.error({ err: error, pushId: this.#push.id }, 'a job could not be written ahead');
      },
    );
  }

  #passDeadline(): void {
    if (this.#lease !== 'safe') {
      this.#report('unavailable');
      this.#tries.turnAway();
      return;
    }
    const cancelGrace = this.#deps.clock.schedule(ADOPT_GRACE_MS, () => this.#sayAdopted());
    void this.#settle(rules.adopt, { durable: false }).then(({ made }) => {
      cancelGrace();
      if (made || this.#isAdopted) this.#sayAdopted();
      // An answer was settled in this very moment: by this process, which says it, or by the one that is followed.
      else if (this.#following) void this.#look(this.#deadlineAtMs);
    });
  }

  #sayAdopted(): void {
    if (this.#late) return;
    this.#report('adopted');
    this.#tries.speak(SUCCESS);
    if (this.#following) return this.#leave();
    this.#cancelLimit = this.#deps.clock.schedule(ADOPTED_LIMIT_MS, () => void this.#giveUp(), {
      background: true,
    });
  }

  async #giveUp(): Promise<void> {
    this.#abort?.abort(new Error('the run took too long'));
    await this.#die('handler_hung', `no outcome within ${ADOPTED_LIMIT_MS / 60_000} minutes`);
  }

  // ── outcome ───────────────────────────────────────────────────────────────────────────────────────────────

  /** True once `success` was said at the deadline: whatever the handler made has to travel late. */
  get #late(): boolean {
    return this.#tries.verdict !== undefined;
  }

  /** The record says so already, and the tries are about to hear it. */
  get #isAdopted(): boolean {
    const { record } = this.#stored;
    return record.state === 'adopted' && record.owner === this.#me.owner && record.fence === this.#me.fence;
  }

  /** Another process holds the push. */
  get #following(): boolean {
    const { record } = this.#stored;
    return record.owner !== this.#me.owner || record.fence !== this.#me.fence;
  }

  /** While nobody can have adopted the run or taken it over, its answer need not be confirmed first. */
  get #undisputed(): boolean {
    return !this.#contested && this.#deps.owner.isCertain();
  }

  #onOutcome(outcome: Outcome): void | Promise<void> {
    this.#cancelLimit?.();
    if (this.#late) return this.#finishLate(outcome);
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

  #onThrow(error: unknown): void | Promise<void> {
    this.#cancelLimit?.();
    this.#log.error({ err: error, pushId: this.#push.id, handler: this.#handler }, 'a handler threw');
    if (this.#late) return this.#die('handler_threw', 'thrown after the deadline');
    return this.#acknowledge('threw');
  }

  #reply(reply: Reply): void | Promise<void> {
    let xml: string;
    try {
      xml = toPassiveXml(reply, this.#push, Math.floor(this.#deps.clock.now() / 1000));
    } catch (error) {
      return this.#onThrow(error);
    }
    if (this.#undisputed) {
      this.#report('replied');
      this.#tries.speak({ type: 'reply', xml });
      void this.#settle((record) => rules.answer(record, this.#me), { durable: false, body: xml });
      return undefined;
    }
    return this.#takeBack(reply, xml);
  }

  /** The job may already be in the queue: the record must say `answered` before anybody hears the answer. */
  async #takeBack(reply: Reply, xml: string): Promise<void> {
    const { made } = await this.#settle((record) => rules.answer(record, this.#me), {
      durable: true,
      body: xml,
    });
    if (this.#late || this.#isAdopted) return this.#finishLate({ type: 'replied', reply });
    if (!made) return this.#lose();
    this.#report('replied');
    this.#tries.speak({ type: 'reply', xml });
    this.#leaveWhenOver();
    return this.#dropJob();
  }

  async #acknowledge(outcome: 'silent' | 'threw'): Promise<void> {
    this.#report(outcome);
    this.#tries.speak(SUCCESS);
    await this.#settle((record) => rules.acknowledge(record, this.#me), { durable: this.#lease !== 'none' });
    await this.#dropJob();
  }

  async #defer(task: Json): Promise<void> {
    const postpone = (record: PushRecord) => rules.postpone(record, this.#me, this.#handler, task);
    if (this.#lease !== 'none') {
      // The job under this id is the leased one, so the task can only travel in the record.
      const { made } = await this.#settle(postpone, { durable: true });
      await this.#leasing;
      if (!made) return this.#lose();
      this.#sayDeferred();
      return this.#deps.queue.hurry(this.#push.id);
    }
    const job = makeJob(this.#push, this.#account.appId, this.#handler, this.#receivedAtMs, {
      reason: 'deferred',
      task,
    });
    this.#lease = 'writing';
    this.#leasing = this.#deps.queue.put(job);
    const settling = this.#settle(postpone, { durable: false });
    try {
      await this.#leasing;
      this.#lease = 'safe';
    } catch (error) {
      this.#log.error(
        { err: error, pushId: this.#push.id },
        'a deferral could not be kept; WeChat will try again',
      );
      this.#leasing = Promise.resolve();
      await settling;
      return this.#release();
    }
    const { made } = await settling;
    if (!made) return this.#lose();
    this.#sayDeferred();
    return undefined;
  }

  #sayDeferred(): void {
    this.#report('deferred');
    this.#tries.speak(SUCCESS);
    this.#leaveWhenOver();
  }

  /** As if the push had never come: the next try is a first one. */
  async #release(): Promise<void> {
    const { store, clock } = this.#deps;
    await store
      .swap({
        key: this.#key,
        rev: this.#stored.rev,
        next: undefined,
        nowMs: clock.now(),
        keepMs: 0,
        durable: false,
      })
      .catch(() => undefined);
    this.#turnAway();
  }

  // ── after the deadline ────────────────────────────────────────────────────────────────────────────────────

  async #finishLate(outcome: Outcome): Promise<void> {
    switch (outcome.type) {
      case 'silent':
        await this.#settle((record) => rules.acknowledge(record, this.#me), { durable: true });
        return this.#dropJob();
      case 'deferred':
        await this.#settle((record) => rules.postpone(record, this.#me, this.#handler, outcome.task), {
          durable: true,
        });
        return this.#deps.queue.hurry(this.#push.id);
      case 'replied': {
        if (outcome.reply.type === 'to-staff')
          return this.#die('cannot_be_sent_late', 'a transfer to staff exists as a passive reply only');
        const message = toCustomerServiceMessage(outcome.reply);
        await this.#settle((record) => rules.finish(record, this.#me, [message]), { durable: true });
        return this.#deps.queue.hurry(this.#push.id);
      }
      default:
        return outcome satisfies never;
    }
  }

  async #die(reason: DeadReason, detail: string): Promise<void> {
    const job = makeJob(this.#push, this.#account.appId, this.#handler, this.#receivedAtMs, {
      reason: 'overrun',
    });
    await bury(this.#deps, job, this.#push.kind, this.#stored.record, { reason, detail });
    await this.#settle((record) => rules.conclude(record, this.#me, { state: 'dead', reason }), {
      durable: true,
    });
    await this.#dropJob();
  }

  async #dropJob(): Promise<void> {
    await this.#leasing;
    if (this.#lease === 'safe') await this.#deps.queue.remove(this.#push.id).catch(() => false);
  }

  // ── record ────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Changes the record by a rule, for as long as the store needs to take it. Until then the run stays where tries
   * find it, so its verdict is the one they hear.
   */
  async #settle(
    rule: (record: PushRecord) => PushRecord | undefined,
    options: { durable: boolean; body?: string },
  ): Promise<Change> {
    const change = await insist(this.#deps, this.#push.id, () =>
      changeRecord(this.#deps, this.#key, this.#stored, rule, options),
    );
    if (change.stored !== undefined) this.#stored = change.stored;
    this.#leaveWhenOver();
    return change;
  }

  /** Nothing is kept of this run: the next try begins anew. */
  #turnAway(): void {
    this.#report('unavailable');
    this.#tries.turnAway();
    this.#deps.runs.delete(this.#key);
  }

  /** The store knows the verdict, so tries need this run no more. While an adopted run goes on here, they may. */
  #leaveWhenOver(): void {
    const { record } = this.#stored;
    if (this.#late && (rules.isOver(record) || record.owner !== this.#me.owner)) this.#leave();
  }

  #leave(): void {
    if (this.#deps.runs.get(this.#key) === this) this.#deps.runs.delete(this.#key);
  }

  /** Somebody else holds the push now: what was made here is dropped, and the tries hear what the other makes. */
  #lose(): void {
    this.#log.warn({ pushId: this.#push.id, handler: this.#handler }, 'another process took this push over');
    this.follow(this.#deadlineAtMs);
  }

  async #look(deadlineAtMs: number): Promise<void> {
    if (this.#late) return;
    const { store, clock } = this.#deps;
    try {
      const seen = await store.read(this.#key, clock.now());
      if (seen === undefined) return this.#turnAway();
      this.#stored = seen.stored;
      const { record } = seen.stored;
      if (record.state !== 'running') {
        this.#report('joined');
        const xml = record.state === 'answered' ? seen.body : undefined;
        this.#tries.speak(xml === undefined ? SUCCESS : { type: 'reply', xml });
        this.#leave();
        return;
      }
      // Nobody runs it: its process died, or it is this one, whose claim was stored and reported as failed.
      const abandoned = !seen.ownerAlive || record.owner === this.#deps.owner.id;
      if (abandoned && (await this.#takeOver())) {
        this.start(deadlineAtMs);
        return;
      }
    } catch (error) {
      this.#log.debug({ err: error, pushId: this.#push.id }, 'the record of a push could not be read');
    }
    this.follow(deadlineAtMs);
  }

  async #takeOver(): Promise<boolean> {
    const { owner } = this.#deps;
    const deadFence = this.#stored.record.fence;
    const { made, stored } = await changeRecord(
      this.#deps,
      this.#key,
      this.#stored,
      (record) => rules.takeOver(record, owner.id, deadFence),
      { durable: false },
    );
    if (stored !== undefined) this.#stored = stored;
    if (!made) return false;
    this.#me = { owner: owner.id, fence: stored.record.fence };
    this.#log.warn(
      { pushId: this.#push.id, attempt: stored.record.attempt },
      'took over a push whose process died',
    );
    return true;
  }

  #report(outcome: string): void {
    const { clock } = this.#deps;
    this.#log.info(
      {
        stage: stages[outcome] ?? outcome,
        pushId: this.#push.id,
        kind: this.#push.kind,
        handler: this.#handler,
        outcome,
        ms: clock.now() - this.#receivedAtMs,
      },
      'push',
    );
  }
}

const stages: { readonly [outcome: string]: string } = {
  replied: 'answered',
  silent: 'answered',
  threw: 'answered',
  joined: 'answered',
};
