import type { DeferredJob } from '../../ports/deferred-queue.js';
import { wallTime } from '../../ports/clock.js';
import type { PushOutcome } from '../../ports/events.js';
import type { StoredRecord } from '../../ports/state-store.js';
import { scheduleAfterReading } from '../../ports/timeout.js';
import { toPassiveXml } from '../../protocol/passive-xml.js';
import type { Push } from '../../protocol/push/push.js';
import { reply as replies, type Reply } from '../../protocol/reply.js';
import type { Account } from '../account.js';
import { MAILBOX_TTL_MS } from '../record/update-record.js';
import { makeJob, type RecordRef } from '../record/record-ref.js';
import { RecordHandle } from '../record/record-handle.js';
import {
  SUCCESS,
  PendingAttempts,
  ATTEMPTS_WINDOW_MS,
  WECHAT_TIMEOUT_MS,
  type SettledResponse,
  type Attempt,
  type AttemptResponse,
} from './pending-attempts.js';
import { decide } from './decide.js';
import { HandlerRun } from './handler-run.js';
import { RunAnswer, type Ended } from './run-answer.js';
import type { ActiveRun, Arrival, RunDeps } from './run-deps.js';
import { RunJob } from './run-job.js';
import { firstState, type Effect, type Made, type RunEvent, type RunState, type Said } from './run-state.js';
import { RunSteps } from './run-steps.js';
import { noteRepeat, settleCarried } from './settle-carried.js';

/**
 * The job is written this long before the deadline: 800 ms for Redis, then 300 ms for the journal, so that it is
 * known to be durable when `success` must be answered.
 */
export const JOB_WRITE_LEAD_MS = 1_100;
/** A lease job is due this long after the deadline: by then a dead owner is known to be dead. */
const JOB_LEASE_MS = 2_500;
/** The remainder of a long text waits until its first part has arrived. */
const REMAINDER_AFTER_MS = 1_000;
/** Time that store and disk have after the deadline. */
const GRACE_MS = 250;
const PAUSE_MS = { retry: 500, poll: 100 } as const;
/** An adopted run that takes longer than this is given up. */
const LIMIT_MS = 10 * 60_000;

/** Runs one push in this process: carries out the effects of `decide`, and sends their results as events. */
export class PushRun implements ActiveRun {
  readonly #deps: RunDeps;
  readonly #account: Account;
  readonly #push: Push;
  readonly #name: RecordRef;
  readonly #arrival: Arrival;
  readonly #record: RecordHandle;
  readonly #attempts: PendingAttempts;
  readonly #answer: RunAnswer;
  readonly #steps: RunSteps;
  readonly #handler: HandlerRun;
  readonly #job: RunJob;
  #state: RunState;
  #events: RunEvent[] = [];
  #isDeciding = false;
  #isHeard = false;
  #cancelGrace: (() => void) | undefined;
  #cancelLimit: (() => void) | undefined;
  #onClosed: (() => void) | undefined;

  constructor(
    deps: RunDeps,
    account: Account,
    push: Push,
    name: RecordRef,
    stored: StoredRecord,
    arrival: Arrival,
    runs: 'ours' | 'theirs',
  ) {
    const passiveOnly = account.deliveryPolicy.channel === 'passive-only';
    this.#deps = deps;
    this.#account = account;
    this.#push = push;
    this.#name = name;
    this.#arrival = arrival;
    this.#job = new RunJob(deps.queue, deps.log, push.id);
    this.#record = new RecordHandle(deps, name, stored, () => this.#job.restore());
    this.#attempts = new PendingAttempts(deps.clock, deps.attemptTimers, JOB_WRITE_LEAD_MS, (what) =>
      this.#onTime(what),
    );
    const carrier = { by: name.key, untilMs: this.#heardUntilMs, saidBy: deps.owner.id };
    this.#answer = new RunAnswer(name.sender, deps.ttls, passiveOnly, arrival.mailbox, carrier, (reply) =>
      this.#render(reply),
    );
    this.#handler = new HandlerRun(deps, account, push, name, (what) => {
      if ('ended' in what) return this.#settle(what.ended);
      this.#answer.stream = what.stream;
      this.#dispatch({ type: 'streamStarted' });
    });
    this.#steps = new RunSteps({
      deps,
      pushId: push.id,
      kind: push.kind,
      record: this.#record,
      answer: this.#answer,
      notice: () => this.#notice,
      render: (reply) => this.#render(reply),
      handler: () => this.#handler.name,
      makeJob: () => this.#makeJob(),
      noteRepeat: () => noteRepeat(deps, name, arrival.mailbox),
    });
    this.#state = firstState(runs, { passiveOnly });
    deps.activeRuns.set(name.key, this);
  }

  join(attempt: Attempt): AttemptResponse | Promise<AttemptResponse> {
    const verdict = this.#attempts.join(attempt);
    if (verdict instanceof Promise) this.#dispatch({ type: 'attemptJoined', isLast: attempt.isLast });
    else if (verdict.type === 'reply') this.#noteHeard();
    return verdict;
  }

  /** Runs the handler: this process holds the claim. */
  start(): void {
    this.#handler.start({
      attempt: this.#record.record.runs,
      deadlineAtMs: this.#arrival.passiveUntilMs,
    });
  }

  /** Runs the handler unless an earlier push of the sender is unfinished; otherwise replies with the notice. */
  startUnlessPending(): void {
    const { store, clock } = this.#deps;
    store.predecessor(this.#name.sender, this.#name.key, clock.now()).then(
      (ahead) =>
        ahead === undefined ? this.start() : this.#settle({ type: 'replied', reply: this.#notice }),
      () => this.start(),
    );
  }

  /** Follows a push that another process runs, or whose answer is `ready`, from what the claim saw. */
  follow(): void {
    // A record in our own name without a run here may still belong to a claim in flight.
    const sight = this.#steps.sightOf('theirs', true, undefined);
    this.#dispatch({ type: 'recordSeen', sight: sight.is === 'orphaned' ? { is: 'theirs' } : sight });
  }

  /** Called when the process stops. Resolves once the run no longer needs this process. */
  handOff(): Promise<void> {
    this.#dispatch({ type: 'handOff' });
    if (this.#state.isClosed) return Promise.resolve();
    return new Promise((resolve) => (this.#onClosed = resolve));
  }

  /** Events that effects raise are queued until the current effects are done. */
  #dispatch(event: RunEvent): void {
    this.#events.push(event);
    if (this.#isDeciding) return;
    this.#isDeciding = true;
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      const { state, effects } = decide(this.#state, next);
      this.#state = state;
      for (const effect of effects) this.#carryOut(effect);
    }
    this.#isDeciding = false;
  }

  #carryOut(effect: Effect): void {
    const { clock } = this.#deps;
    switch (effect.type) {
      case 'step':
        void this.#steps.perform(effect.step, this.#state).then((event) => this.#dispatch(event));
        return;
      case 'respond':
        this.#cancelGrace?.();
        if (this.#report(effect.outcome, this.#attempts.settle(this.#verdict(effect.says))))
          if (effect.says === 'reply') this.#noteHeard();
        return;
      case 'respondUnavailable':
        this.#cancelGrace?.();
        return void this.#report('unavailable', this.#attempts.failUnavailable());
      case 'leaveUnanswered':
        return void this.#report('held', this.#attempts.leaveUnanswered());
      case 'askHold':
        void this.#account.deliveryPolicy
          .tryAcquireHold()
          .then((granted) => this.#dispatch({ type: 'holdAnswered', granted }));
        return;
      case 'pause':
        clock.schedule(PAUSE_MS[effect.until], () => this.#dispatch({ type: 'pauseOver' }));
        return;
      case 'armGrace':
        this.#cancelGrace?.();
        // The grace counts from the deadline, although an attempt with a slow body may join after it.
        this.#cancelGrace = scheduleAfterReading(
          clock,
          Math.max(0, this.#attempts.deadlineAtMs + GRACE_MS - clock.now()),
          () => this.#dispatch({ type: 'graceOver' }),
        );
        return;
      case 'armLimit':
        this.#cancelLimit = clock.schedule(LIMIT_MS, () => this.#dispatch({ type: 'limitPassed' }), {
          background: true,
        });
        return;
      case 'writeJob':
        void this.#writeJob(effect.as).then((durable) => this.#dispatch({ type: 'jobWritten', durable }));
        return;
      case 'promoteJob':
        return void this.#job.promote();
      case 'dropJob':
        return void this.#job.drop();
      case 'startHandler':
        this.#deps.log.warn(
          { pushId: this.#push.id, attempt: this.#record.record.runs },
          'takeover: the process that ran a push died, and it runs here again',
        );
        return this.start();
      case 'startLater':
        return this.#handler.startLater(this.#answer.task);
      case 'startTyping':
        return this.#handler.startTyping();
      case 'abort':
        return this.#handler.abort('the run took too long, or the server is shutting down');
      case 'close':
        this.#cancelLimit?.();
        if (!this.#isHeard) this.#settleMailbox('missed');
        if (this.#deps.activeRuns.get(this.#name.key) === this) this.#deps.activeRuns.delete(this.#name.key);
        return this.#onClosed?.();
      default:
        return effect satisfies never;
    }
  }

  #onTime(what: 'jobWriteDue' | 'deadlinePassed'): void {
    if (what === 'jobWriteDue') {
      this.#handler.warnIfSlow();
      return this.#dispatch({ type: 'jobWriteDue' });
    }
    let says: Said = 'success';
    // A run that lost its lease must not send its stream.
    if (this.#state.runs !== 'ours') this.#answer.stream = undefined;
    try {
      says = this.#answer.prepareDeadline(this.#notice);
    } catch (error) {
      this.#deps.log.error(
        { err: error, pushId: this.#push.id },
        'reply failed: the push is answered "success"',
      );
    }
    return this.#dispatch({ type: 'deadlinePassed', says });
  }

  /** Takes the result of the run. An invalid reply counts as an error of the handler. */
  #settle(ended: Ended): void {
    this.#cancelLimit?.();
    let made: Made;
    try {
      made = this.#answer.take(ended);
    } catch (error) {
      const about = { err: error, pushId: this.#push.id, handler: this.#handler.name };
      this.#deps.log.error(about, 'reply invalid: the handler returned what cannot be sent');
      made = this.#answer.take({ type: 'threw', error });
    }
    this.#dispatch({ type: 'handlerSettled', made });
  }

  #writeJob(as: 'lease' | 'work' | 'held'): Promise<boolean> {
    const { receivedAtMs, sinceMs } = this.#arrival;
    const write = (notBeforeMs: number, inMailbox = false): Promise<boolean> =>
      this.#job.write(this.#makeJob(), inMailbox ? { notBeforeMs, inMailbox } : { notBeforeMs });
    if (as === 'lease') return write(this.#attempts.deadlineAtMs + JOB_LEASE_MS);
    const isTask = this.#state.made?.type === 'task';
    if (as === 'held')
      return this.#job.write(this.#makeJob(isTask), { notBeforeMs: sinceMs + ATTEMPTS_WINDOW_MS });
    if (isTask) return this.#job.write(this.#makeJob(true));
    const isKept = this.#answer.passive?.remainderGoes === 'mailbox' && this.#state.made?.type === 'reply';
    return isKept
      ? write(receivedAtMs + MAILBOX_TTL_MS, true)
      : write(this.#deps.clock.now() + REMAINDER_AFTER_MS);
  }

  #makeJob(withTask = false): DeferredJob {
    const { appId } = this.#account;
    return makeJob(
      this.#push,
      appId,
      this.#handler.name,
      this.#arrival.receivedAtMs,
      withTask ? { reason: 'deferred', task: this.#answer.task } : { reason: 'overrun' },
    );
  }

  /** Last moment at which an attempt can get the settled response. */
  get #heardUntilMs(): number {
    return this.#arrival.sinceMs + ATTEMPTS_WINDOW_MS + WECHAT_TIMEOUT_MS;
  }

  #noteHeard(): void {
    this.#isHeard = true;
    this.#settleMailbox('heard');
  }

  #settleMailbox(how: 'heard' | 'missed'): void {
    settleCarried(this.#deps, this.#name, this.#arrival.mailbox, this.#account.name, how);
  }

  #verdict(says: Said): SettledResponse {
    const { xml } = this.#steps;
    return says === 'reply' && xml !== undefined ? { type: 'reply', xml } : SUCCESS;
  }

  /** The notice for a user whose answer goes to the mailbox. */
  get #notice(): Reply {
    return replies.text(this.#account.deliveryPolicy.notice);
  }

  #render(reply: Reply): string {
    return toPassiveXml(reply, this.#push, Math.floor(wallTime(this.#deps.clock) / 1000));
  }

  /**
   * Logs the one line that every push has once it is answered, and reports each attempt that was. Returns whether there
   * was one.
   *
   * @param receivedAtMs  when the attempts came that got this response
   */
  #report(outcome: PushOutcome, receivedAtMs: readonly number[]): boolean {
    const { clock, log, events } = this.#deps;
    const stage = IN_TIME.has(outcome) ? 'answered' : outcome;
    const { id: pushId, kind } = this.#push;
    const { name: account } = this.#account;
    const nowMs = clock.now();
    const handler = this.#handler.name;
    let each = outcome;
    for (const atMs of receivedAtMs) {
      events.emit({ type: 'push.answered', account, kind, outcome: each, handler, pushId, ms: nowMs - atMs });
      if (SETTLES.has(outcome)) each = 'joined';
    }
    const ms = nowMs - this.#arrival.receivedAtMs;
    log.info({ stage, pushId, kind, handler, outcome, ms }, 'push');
    return receivedAtMs.length > 0;
  }
}

/** Outcomes that one attempt has; the others that wait hear the same, and have `joined`. */
const SETTLES: ReadonlySet<PushOutcome> = new Set(['replied', 'silent', 'threw', 'deferred', 'adopted']);
const IN_TIME: ReadonlySet<PushOutcome> = new Set(['replied', 'silent', 'threw', 'joined']);
