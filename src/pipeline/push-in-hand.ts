import type { Router } from '../handling/router.js';
import type { TextStream } from '../handling/text-stream.js';
import type { DeferredJob, DeferredQueue } from '../ports/deferred-queue.js';
import type { Events, PushOutcome } from '../ports/events.js';
import type { ShelvedRecord, StoredRecord } from '../ports/state-store.js';
import type { Json } from '../protocol/json.js';
import { toPassiveXml } from '../protocol/passive-xml.js';
import type { Push } from '../protocol/push.js';
import { reply as replies, type Reply } from '../protocol/reply.js';
import type { Account } from './account.js';
import type { ChangeOptions } from './change-record.js';
import { composeAnswer, type OwnAnswer, type PassiveAnswer } from './compose-answer.js';
import type { BuryDeps } from './dead-letter.js';
import { makeJob, nameRecord, type RecordName } from './job.js';
import { RecordInHand, type Changed, type RecordDeps, type Rule } from './record-in-hand.js';
import * as rules from './record.js';
import { Tries, type FinalVerdict, type TriesListener, type Try, type Verdict } from './tries.js';
import { WrittenJob } from './written-job.js';

/**
 * The job is written this long before the deadline: 800 ms for Redis, then 300 ms for the journal, so that it is
 * known to be safe when `success` has to be said.
 */
export const LEASE_AHEAD_MS = 1_100;

/** A run as the rest of its process sees it. */
export interface RunHere {
  readonly hand: PushInHand;
  join(one: Try): Verdict | Promise<Verdict>;
  handOver(): Promise<void>;
}

export interface RunDeps extends RecordDeps, BuryDeps {
  readonly events: Events;
  readonly queue: DeferredQueue;
  readonly router: () => Router;
  /** The runs of this process by record key. A run stays until the store knows how it went. */
  readonly runs: Map<string, RunHere>;
  /** The record keys of late work that this process is doing. */
  readonly inHand: Set<string>;
}

/** How a push came to this process. */
export interface Arrival {
  readonly receivedAtMs: number;
  /** From 1; always 1 where tries are not counted. */
  readonly tryNumber: number;
  /** When the first try came, as far as we know. */
  readonly sinceMs: number;
  /** A passive reply is possible until then. */
  readonly passiveUntilMs: number;
  /** What is kept for the sender, and may be said with the answer. */
  readonly kept: readonly ShelvedRecord[];
}

/** All that a run has of its push: its tries, its record, its job, and what is known of its answer. */
export class PushInHand {
  readonly deps: RunDeps;
  readonly account: Account;
  readonly push: Push;
  readonly name: RecordName;
  readonly arrival: Arrival;
  readonly record: RecordInHand;
  readonly tries: Tries;
  readonly job: WrittenJob;
  /** Name of the handler, once it is known. */
  handler = '';
  /** The time to write the job ahead has come: from now on another process's try may adopt the run. */
  isContested = false;
  /** A settled answer is on its way to the store, and nobody knows whether it has arrived. */
  isAnswering = false;
  /** The run was adopted for tries that had been sent away by then: nobody was told that an answer comes late. */
  isUnpromised = false;
  /** Since when this process holds the claim. */
  heldSinceMs: number;
  /** The answer, where it is still being written. */
  stream: TextStream | undefined;

  constructor(
    deps: RunDeps,
    account: Account,
    push: Push,
    stored: StoredRecord,
    arrival: Arrival,
    listener: TriesListener,
  ) {
    this.deps = deps;
    this.account = account;
    this.push = push;
    this.name = nameRecord(account.appId, push.id, push.user);
    this.arrival = arrival;
    this.tries = new Tries(deps.clock, LEASE_AHEAD_MS, listener);
    this.job = new WrittenJob(deps.queue, deps.log, push.id);
    this.record = new RecordInHand(deps, this.name, stored, () => this.job.writeAgain());
    this.heldSinceMs = deps.clock.now();
  }

  /** Something was said at the deadline: whatever the handler made has to travel late. */
  get isLate(): boolean {
    return this.tries.verdict !== undefined;
  }

  /** The record says so already, and the tries are about to hear it. */
  get isAdopted(): boolean {
    return this.record.isOurs && this.record.record.state === 'adopted';
  }

  /** While nobody can have adopted the run or taken it over, its answer need not be confirmed first. */
  get isUndisputed(): boolean {
    return !this.isContested && this.deps.owner.isCertainSince(this.heldSinceMs);
  }

  get isPassiveOnly(): boolean {
    return this.account.road.now === 'passive-only';
  }

  /** What a user hears whose answer comes with a later message. */
  get notice(): Reply {
    return replies.text(this.account.road.notice);
  }

  /** @throws ReplyInvalid */
  compose(own: OwnAnswer, kept: readonly ShelvedRecord[]): PassiveAnswer | undefined {
    return composeAnswer(own, kept, this.name.sender, this.deps.lifetimes);
  }

  /** @throws ReplyInvalid */
  render(reply: Reply): string {
    return toPassiveXml(reply, this.push, Math.floor(this.deps.clock.now() / 1000));
  }

  /** Until the store took the change the run stays where tries find it, so its verdict is the one they hear. */
  async change(rule: Rule, options: ChangeOptions, signal?: AbortSignal): Promise<Changed> {
    const changed = await this.record.change(rule, options, signal);
    this.leaveWhenOver();
    return changed;
  }

  makeJob(
    how: { reason: 'overrun' } | { reason: 'deferred'; task: Json } = { reason: 'overrun' },
  ): DeferredJob {
    return makeJob(this.push, this.account.appId, this.handler, this.arrival.receivedAtMs, how);
  }

  say(outcome: PushOutcome, verdict: FinalVerdict): void {
    this.report(outcome);
    this.tries.speak(verdict);
    this.leaveWhenOver();
  }

  /** Those that wait are told to come again. */
  sendAway(): void {
    this.report('unavailable');
    this.tries.turnAway();
  }

  /** Nothing is kept of this run: the next try begins anew. */
  turnAway(): void {
    this.sendAway();
    this.leave();
  }

  /**
   * Nothing can be kept. Attempts hear so until the store has confirmed that the claim is free: before, it may remember
   * something else than what they are told.
   */
  async forget(): Promise<void> {
    this.report('unavailable');
    this.tries.close();
    await this.release();
  }

  /**
   * From here on the claim is free for the next attempt, or the promise for a worker.
   *
   * @throws StoreUnavailable  once `signal` has fired
   */
  async release(isPromised = false, signal?: AbortSignal): Promise<void> {
    const rule: Rule = (record, me) => rules.release(record, me, isPromised);
    const changed = await this.change(rule, { durable: isPromised }, signal);
    this.leave();
    if (changed === 'made' && this.record.record.state === 'adopted') await this.job.hurry();
  }

  /** The store knows the verdict, so tries need this run no more. While an adopted run goes on here, they may. */
  leaveWhenOver(): void {
    const { record, isOurs } = this.record;
    if (this.isLate && (rules.isOver(record) || !isOurs)) this.leave();
  }

  leave(): void {
    const { runs } = this.deps;
    if (runs.get(this.name.key)?.hand === this) runs.delete(this.name.key);
  }

  watch(ending: void | Promise<unknown>): void {
    ending?.catch((error: unknown) => {
      this.deps.log.error({ err: error, pushId: this.push.id }, 'a run could not be ended');
    });
  }

  /** The one line of a push. */
  report(outcome: PushOutcome | 'ready'): void {
    const { clock, log, events } = this.deps;
    const stage = IN_TIME.has(outcome) ? 'answered' : outcome;
    const { id: pushId, kind } = this.push;
    const ms = clock.now() - this.arrival.receivedAtMs;
    const { handler } = this;
    // Nobody was answered with what stands ready.
    if (outcome !== 'ready') {
      const account = this.account.name;
      events.emit({ type: 'push.answered', account, kind, outcome, handler, pushId, ms });
    }
    log.info({ stage, pushId, kind, handler, outcome, ms }, 'push');
  }
}

const IN_TIME: ReadonlySet<PushOutcome | 'ready'> = new Set(['replied', 'silent', 'threw', 'joined']);
