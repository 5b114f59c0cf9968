import type { Outcome } from '../handling/run-handler.js';
import type { TextStream } from '../handling/text-stream.js';
import type { Router } from '../handling/router.js';
import type { DeferredJob, DeferredQueue } from '../ports/deferred-queue.js';
import type { ShelvedRecord, StoredRecord } from '../ports/state-store.js';
import type { Json } from '../protocol/json.js';
import { toPassiveXml } from '../protocol/passive-xml.js';
import type { Push } from '../protocol/push.js';
import { reply as replies, type Reply } from '../protocol/reply.js';
import { accompany } from './accompany.js';
import type { Account } from './account.js';
import { KEPT_FOR_MS, type ChangeOptions } from './change-record.js';
import { composeAnswer, isReply, type OwnAnswer, type PassiveAnswer } from './compose-answer.js';
import { finishFor, handleFor } from './handle-for.js';
import { endOf, restOf } from './stream-end.js';
import { makeJob, nameRecord, type RecordName } from './job.js';
import { LateEnd, toLateMessages } from './late-end.js';
import { isOneMessage } from './parts.js';
import { RecordInHand, type Changed, type RecordDeps, type Rule } from './record-in-hand.js';
import * as rules from './record.js';
import { SUCCESS, Tries, type FinalVerdict, type Try, type Verdict } from './tries.js';
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
/** All tries of a push have come by then; an answer that none of them heard is kept. */
const TRIES_LAST_MS = 16_000;
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

/**
 * One push in this process: its tries, its job, its record, and where this process won the claim, its handler.
 *
 * A run ends in one of four ways. In time: the outcome is settled and the tries hear it. At the deadline: the run is
 * adopted, the tries hear `success` (or a notice), and the outcome goes to the queue when it comes. Between tries that
 * are held: the outcome stands ready in the record for the next try. Lost: another process took the push over, and
 * this one follows what that makes of it.
 */
export class Run {
  readonly #deps: RunDeps;
  readonly #account: Account;
  readonly #push: Push;
  readonly #name: RecordName;
  readonly #arrival: Arrival;
  readonly #record: RecordInHand;
  readonly #tries: Tries;
  readonly #job: WrittenJob;
  readonly #lateEnd: LateEnd;
  /** The time to write the job ahead has come: from now on another process's try may adopt the run. */
  #contested = false;
  /** Tries may be left without an answer; undefined: not asked yet. */
  #mayHold: boolean | undefined;
  #handler = '';
  /** When the handler was started here; undefined: it was not, or it was named as slow. */
  #startedAtMs: number | undefined;
  /** A settled answer is on its way to the store, and nobody knows whether it has arrived. */
  #isAnswering = false;
  #heldSinceMs: number;
  #deadlineAtMs = Number.POSITIVE_INFINITY;
  #abort: AbortController | undefined;
  /** The answer, where it is still being written. */
  #stream: TextStream | undefined;
  #isHandedOver = false;
  #cancelLimit: (() => void) | undefined;
  #stopAccompanying: (() => void) | undefined;

  constructor(deps: RunDeps, account: Account, push: Push, stored: StoredRecord, arrival: Arrival) {
    this.#deps = deps;
    this.#account = account;
    this.#push = push;
    this.#name = nameRecord(account.appId, push.id, push.user);
    this.#arrival = arrival;
    this.#tries = new Tries(deps.clock, LEASE_AHEAD_MS, this);
    this.#job = new WrittenJob(deps.queue, deps.log, push.id);
    this.#record = new RecordInHand(deps, this.#name, stored, () => this.#job.writeAgain());
    this.#lateEnd = new LateEnd(deps, push, this.#record, this.#job, () => this.#makeJob());
    this.#heldSinceMs = deps.clock.now();
    deps.runs.set(this.#name.key, this);
  }

  join(one: Try): Verdict | Promise<Verdict> {
    if (one.deadlineAtMs < this.#deadlineAtMs) this.#deadlineAtMs = one.deadlineAtMs;
    return this.#tries.join(one);
  }

  /** Runs the handler: this process holds the claim. */
  start(): void {
    this.#startedAtMs = this.#deps.clock.now();
    const outcome = handleFor(this.#deps, this.#account, this.#push, {
      attempt: this.#record.record.attempt,
      deadlineAtMs: this.#arrival.passiveUntilMs,
      signal: () => this.#signal,
      onRoute: (handler) => (this.#handler = handler),
    });
    if (!(outcome instanceof Promise)) return this.#watch(this.#onOutcome(outcome));
    return this.#watch(this.#await(outcome).finally(() => this.#nameIfSlow()));
  }

  /** Another process runs the handler: look until it has an outcome, take over if it is dead. */
  follow(): void {
    this.#deps.clock.schedule(LOOK_EVERY_MS, () => void this.#look());
  }

  /** An answer that nobody heard stands ready in the record: the try that came hears it. */
  handOut(): void {
    this.#watch(this.#answer(this.#record.record.messages ?? [], this.#arrival.kept));
  }

  /** Runs the handler only where no earlier push of the sender is worked on; else says the notice. */
  startUnlessPending(): void {
    const { store, clock } = this.#deps;
    const { key, sender } = this.#name;
    this.#watch(
      store.ahead(sender, key, clock.now()).then(
        (ahead) => (ahead === undefined ? this.start() : this.#answer(this.#notice(), this.#arrival.kept)),
        () => this.start(),
      ),
    );
  }

  /** The process is going down: what runs here after its deadline is left to others, then told to stop. */
  async handOver(): Promise<void> {
    this.#isHandedOver = true;
    if (this.#isLate && this.#job.isSafe) {
      await this.#record.change(rules.giveBack, { durable: true });
      await this.#job.hurry();
    }
    this.#stream?.abort();
    this.#abort?.abort(new Error('the server is shutting down'));
  }

  // ── deadline ──────────────────────────────────────────────────────────────────────────────────────────────

  /** The tries' timer: what is to be said at the deadline has to be prepared now. */
  onLeaseTime(deadlineAtMs: number): void {
    this.#contested = true;
    this.#nameIfSlow();
    // Where another process runs it, the handler's name is not known yet.
    if (this.#handler === '') this.#handler = this.#deps.router().route(this.#push)?.handler.name ?? '';
    if (this.#tries.haveLast) this.#lease(deadlineAtMs);
    else this.#watch(this.#askToHold(deadlineAtMs));
  }

  /** The tries' timer: something has to be said now. */
  onDeadline(): void {
    if (this.#mayHold !== true || this.#tries.haveLast) return this.#watch(this.#adopt());
    this.#report('held');
    return this.#tries.hold();
  }

  /** WeChat takes a held try for a failure of ours, so only a few pushes are held at a time. */
  async #askToHold(deadlineAtMs: number): Promise<void> {
    this.#mayHold ??= this.#arrival.tryNumber > 1 || (await this.#account.road.mayHold());
    if (!this.#mayHold) this.#lease(deadlineAtMs);
  }

  #lease(deadlineAtMs: number): void {
    void this.#job.write(() => this.#makeJob(), deadlineAtMs + LEASE_LASTS_MS);
  }

  async #adopt(): Promise<void> {
    this.#lease(this.#deadlineAtMs); // where the last try joined after the time for it
    if (this.#job.isSafe || (await this.#isJobSafeSoon())) return this.#settleAdoption(this.#arrival.kept);
    if (this.#isLate) return undefined;
    return this.#sendAway();
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

  async #settleAdoption(kept: readonly ShelvedRecord[]): Promise<void> {
    const part = this.#isPassiveOnly ? undefined : this.#stream?.complete();
    const said = part === undefined ? undefined : replies.text(part.content);
    const answer = this.#compose(this.#isPassiveOnly ? this.#notice() : said, kept);
    const xml = answer && this.#render(answer.reply);
    const verdict: FinalVerdict = xml === undefined ? SUCCESS : { type: 'reply', xml };
    const cancelGrace = this.#deps.clock.schedule(ADOPT_GRACE_MS, () => {
      // The store may have a reply for the tries: "success" would be a lie if this process died now. A retry hears it.
      if (this.#isAnswering || xml !== undefined) this.#sendAway();
      else this.#sayAdopted(SUCCESS);
    });
    const changed =
      answer === undefined || xml === undefined
        ? await this.#change(rules.adopt, { durable: false })
        : await this.#change(rules.adoptSaying, { durable: true, body: xml, also: answer.also });
    cancelGrace();
    if (changed === 'made' && part !== undefined && answer?.saysOwn === true)
      this.#stream?.markSaid(part.upTo);
    if (changed === 'also-lost') return this.#settleAdoption([]);
    if (changed === 'made' || this.#isAdopted) return this.#sayAdopted(verdict);
    // An answer was settled in this very moment: by this process, which says it, or by the one that is followed.
    return this.#record.isOurs ? undefined : this.#look();
  }

  #sayAdopted(verdict: FinalVerdict): void {
    if (this.#isLate) return;
    this.#report('adopted');
    this.#tries.speak(verdict);
    if (!this.#record.isOurs) return this.#leave();
    if (this.#stream !== undefined) this.#stopAccompanying = this.#accompany(this.#stream);
    this.#cancelLimit = this.#deps.clock.schedule(ADOPTED_LIMIT_MS, () => this.#watch(this.#giveUp()), {
      background: true,
    });
  }

  #giveUp(): Promise<void> {
    this.#stream?.abort();
    this.#abort?.abort(new Error('the run took too long'));
    return this.#end(
      this.#lateEnd.die('handler_hung', `no outcome within ${ADOPTED_LIMIT_MS / 60_000} minutes`),
    );
  }

  // ── outcome ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Something was said at the deadline: whatever the handler made has to travel late. */
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

  get #isPassiveOnly(): boolean {
    return this.#account.road.now === 'passive-only';
  }

  get #signal(): AbortSignal {
    return (this.#abort ??= new AbortController()).signal;
  }

  #await(outcome: Promise<Outcome>): Promise<void> {
    return outcome.then(
      (value) => this.#onOutcome(value),
      (error: unknown) => this.#onThrow(error),
    );
  }

  #onOutcome(outcome: Outcome): void | Promise<void> {
    if (outcome.type === 'streaming') return this.#readOn(outcome.stream);
    this.#cancelLimit?.();
    if (this.#isLate) return this.#end(this.#lateEnd.settle(outcome, this.#handler));
    switch (outcome.type) {
      case 'replied':
        return this.#reply(outcome.reply);
      case 'silent':
        return this.#acknowledge('silent');
      case 'deferred':
        return this.#isPassiveOnly ? this.#finishNow(outcome.task) : this.#defer(outcome.task);
      default:
        return outcome satisfies never;
    }
  }

  /** Reads an answer to its end. At the deadline its whole sentences so far are said, and the rest travels late. */
  async #readOn(stream: TextStream): Promise<void> {
    this.#stream = stream;
    if (this.#isLate) this.#stopAccompanying = this.#accompany(stream);
    const end = await endOf(stream, this.#deps.log, this.#push.id);
    this.#stopAccompanying?.();
    return end.type === 'broken' ? this.#onThrow(end.error) : this.#onOutcome(end);
  }

  #accompany(stream: TextStream): () => void {
    return accompany(this.#deps, this.#account, this.#push, this.#name, stream);
  }

  #onThrow(error: unknown): void | Promise<void> {
    this.#cancelLimit?.();
    // It heeds the stop, and another process runs it again.
    if (this.#isHandedOver && this.#isLate) return undefined;
    this.#deps.log.error({ err: error, pushId: this.#push.id, handler: this.#handler }, 'a handler threw');
    if (this.#isLate) return this.#end(this.#lateEnd.die('handler_threw', 'thrown after the deadline'));
    return this.#acknowledge('threw');
  }

  #reply(reply: Reply): void | Promise<void> {
    if (reply.road === 'customer-service') return this.#sendOnly(reply);
    const { kept } = this.#arrival;
    if (kept.length > 0 || !this.#isUndisputed || !isOneMessage(reply)) return this.#answer(reply, kept);
    let xml: string;
    try {
      xml = this.#render(reply);
    } catch (error) {
      return this.#onThrow(error);
    }
    this.#say('replied', { type: 'reply', xml });
    this.#watch(this.#change((record, me) => rules.answer(record, me), { durable: false, body: xml }));
    return undefined;
  }

  /**
   * Settles what the tries hear now: what is kept for the sender, then this push's own answer. The record must say so
   * before anybody hears it, since others can have adopted the run, or used up what is kept.
   */
  async #answer(own: OwnAnswer, kept: readonly ShelvedRecord[]): Promise<void> {
    let answer: PassiveAnswer | undefined;
    let xml: string;
    try {
      answer = this.#compose(own, kept);
      if (answer === undefined) return await this.#acknowledge('silent', []);
      xml = this.#render(answer.reply);
    } catch (error) {
      return this.#onThrow(error);
    }
    if (!this.#tries.areWaiting && this.#isPassiveOnly) return this.#standReady(own);
    const { rest, also } = answer;
    const restIs = this.#isPassiveOnly ? 'kept' : 'late';
    const isKept = rest.length === 0 || (await this.#writeRest(restIs));
    this.#isAnswering = true;
    const changed: Changed = isKept
      ? await this.#change((record, me) => rules.answer(record, me, rest, restIs), {
          durable: true,
          body: xml,
          also,
        })
      : 'lost';
    this.#isAnswering = false;
    if (this.#isLate || this.#isAdopted) return this.#endLate(own);
    if (!isKept) return this.#forget();
    if (changed === 'also-lost') return this.#answer(own, []);
    if (changed === 'lost') return this.#lose();
    this.#say('replied', { type: 'reply', xml });
    if (rest.length === 0) return this.#job.drop();
    return restIs === 'late' && this.#contested ? this.#job.hurry() : undefined;
  }

  #writeRest(restIs: 'late' | 'kept'): Promise<boolean> {
    const { clock } = this.#deps;
    const dueAtMs =
      restIs === 'kept' ? this.#arrival.receivedAtMs + KEPT_FOR_MS : clock.now() + REST_AFTER_MS;
    return this.#job.write(() => this.#makeJob(), dueAtMs);
  }

  /** No try waits just now: the next one hears it, and where none comes, the job keeps it. */
  async #standReady(own: OwnAnswer): Promise<void> {
    const messages = isReply(own) ? toLateMessages(own) : [];
    // A transfer to staff that nobody hears helps nobody later.
    if ('reason' in messages || messages.length === 0) return this.#acknowledge('silent', []);
    const isWritten = await this.#job.write(() => this.#makeJob(), this.#arrival.sinceMs + TRIES_LAST_MS);
    if (!isWritten) return this.#forget();
    const changed = await this.#change((record, me) => rules.ready(record, me, messages), { durable: true });
    if (this.#isLate || this.#isAdopted) return this.#endLate(own);
    if (changed !== 'made') return this.#lose();
    this.#report('ready');
    // A try that joined in the meantime waits here.
    if (this.#tries.areWaiting) return this.#look();
    return this.#leave();
  }

  /** Its handler wants it as a customer-service message, whatever the clock says. */
  async #sendOnly(reply: Reply): Promise<void> {
    const messages = toLateMessages(reply);
    if ('reason' in messages) return this.#onThrow(new TypeError(messages.detail));
    const isWritten = await this.#job.write(() => this.#makeJob(), this.#deps.clock.now() + REST_AFTER_MS);
    if (!isWritten) return this.#forget();
    const changed = await this.#change((record, me) => rules.finish(record, me, messages), { durable: true });
    if (changed !== 'made') return this.#lose();
    this.#say('deferred', SUCCESS);
    return this.#job.hurry();
  }

  async #acknowledge(
    outcome: 'silent' | 'threw',
    kept: readonly ShelvedRecord[] = this.#arrival.kept,
  ): Promise<void> {
    if (kept.length > 0) return this.#answer(undefined, kept);
    this.#say(outcome, SUCCESS);
    await this.#change(rules.acknowledge, { durable: this.#contested });
    if (this.#contested) await this.#job.drop();
  }

  /** Tries are held anyway: what was to be done later is done now, and may still be a passive reply. */
  #finishNow(task: Json): Promise<void> {
    const run = { handler: this.#handler, task, attempt: 1, signal: this.#signal };
    return finishFor(this.#deps, this.#account, this.#push, run).then(
      (outcome) => this.#onOutcome(outcome ?? { type: 'silent' }),
      (error: unknown) => {
        this.#deps.log.warn(
          { err: error, pushId: this.#push.id, handler: this.#handler },
          'a `later` threw; it is tried again',
        );
        const deferral: Outcome = { type: 'deferred', task };
        return this.#isLate ? this.#onOutcome(deferral) : this.#defer(task);
      },
    );
  }

  async #defer(task: Json): Promise<void> {
    const postpone: Rule = (record, me) => rules.postpone(record, me, this.#handler, task);
    if (this.#contested && (await this.#job.settled())) {
      // The job under this id is the leased one, so the task can only travel in the record.
      if ((await this.#change(postpone, { durable: true })) !== 'made') return this.#lose();
      this.#say('deferred', SUCCESS);
      return this.#job.hurry();
    }
    const writing = this.#job.write(() => this.#makeJob({ reason: 'deferred', task }));
    const changed = await this.#change(postpone, { durable: false });
    if (!(await writing)) return this.#forget();
    return changed === 'made' ? this.#say('deferred', SUCCESS) : this.#lose();
  }

  // ── other processes ───────────────────────────────────────────────────────────────────────────────────────

  /** Somebody else holds the push now: what was made here is dropped, and the tries hear what the other makes. */
  #lose(): void {
    this.#deps.log.warn(
      { pushId: this.#push.id, handler: this.#handler },
      'another process took this push over',
    );
    this.follow();
  }

  async #look(): Promise<void> {
    if (this.#isLate) return undefined;
    if (!this.#tries.areWaiting) return this.#leave();
    try {
      const seen = await this.#record.look();
      if (seen === undefined) return this.#turnAway();
      const { record } = this.#record;
      if (rules.isUnheard(record)) return await this.#answer(record.messages ?? [], this.#arrival.kept);
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
        return this.start();
      }
    } catch (error) {
      this.#deps.log.debug({ err: error, pushId: this.#push.id }, 'the record of a push could not be read');
    }
    return this.follow();
  }

  // ── house-keeping ─────────────────────────────────────────────────────────────────────────────────────────

  #compose(own: OwnAnswer, kept: readonly ShelvedRecord[]): PassiveAnswer | undefined {
    return composeAnswer(own, kept, this.#name.sender, this.#deps.lifetimes);
  }

  #render(reply: Reply): string {
    return toPassiveXml(reply, this.#push, Math.floor(this.#deps.clock.now() / 1000));
  }

  #notice(): Reply {
    return replies.text(this.#account.road.notice);
  }

  /** Until the store took the change the run stays where tries find it, so its verdict is the one they hear. */
  async #change(rule: Rule, options: ChangeOptions): Promise<Changed> {
    const changed = await this.#record.change(rule, options);
    this.#leaveWhenOver();
    return changed;
  }

  /** The deadline was faster than the answer. */
  #endLate(own: OwnAnswer): Promise<void> {
    const outcome: Outcome = isReply(own) ? { type: 'replied', reply: own } : { type: 'silent' };
    // Its beginning may have been said at the deadline.
    const late = this.#stream === undefined ? outcome : restOf(this.#stream);
    return this.#end(this.#lateEnd.settle(late, this.#handler));
  }

  async #end(ending: Promise<void>): Promise<void> {
    await ending;
    this.#leaveWhenOver();
  }

  #say(outcome: string, verdict: FinalVerdict): void {
    this.#report(outcome);
    this.#tries.speak(verdict);
    this.#leaveWhenOver();
  }

  /** Nothing can be kept: the next try is a first one. */
  async #forget(): Promise<void> {
    await this.#record.remove();
    this.#turnAway();
  }

  /** Nothing is kept of this run: the next try begins anew. */
  #turnAway(): void {
    this.#sendAway();
    this.#leave();
  }

  #sendAway(): void {
    this.#report('unavailable');
    this.#tries.turnAway();
  }

  /** The store knows the verdict, so tries need this run no more. While an adopted run goes on here, they may. */
  #leaveWhenOver(): void {
    const { record, isOurs } = this.#record;
    if (this.#isLate && (rules.isOver(record) || !isOurs)) this.#leave();
  }

  #leave(): void {
    const { runs } = this.#deps;
    if (runs.get(this.#name.key) === this) runs.delete(this.#name.key);
  }

  #makeJob(
    how: { reason: 'overrun' } | { reason: 'deferred'; task: Json } = { reason: 'overrun' },
  ): DeferredJob {
    return makeJob(this.#push, this.#account.appId, this.#handler, this.#arrival.receivedAtMs, how);
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
    const ms = clock.now() - this.#arrival.receivedAtMs;
    log.info({ stage, pushId, kind, handler: this.#handler, outcome, ms }, 'push');
  }
}

const IN_TIME = new Set(['replied', 'silent', 'threw', 'joined']);
