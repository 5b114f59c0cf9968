import type { DeferredJob } from '../../ports/deferred-queue.js';
import { wallTime } from '../../ports/clock.js';
import type { PushOutcome } from '../../ports/events.js';
import type { StoredRecord } from '../../ports/state-store.js';
import { scheduleAfterReading } from '../../ports/timeout.js';
import { toPassiveXml } from '../../protocol/passive-xml.js';
import type { Push } from '../../protocol/push.js';
import { reply as replies, type Reply } from '../../protocol/reply.js';
import type { Account } from '../account.js';
import { MAILBOX_TTL_MS } from '../record/update-record.js';
import { makeJob, recordRef, type RecordRef } from '../record/record-ref.js';
import { RecordHandle } from '../record/record-handle.js';
import {
  SUCCESS,
  PendingAttempts,
  ATTEMPTS_WINDOW_MS,
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

/**
 * The job is written this long before the deadline: 800 ms for Redis, then 300 ms for the journal, so that it is
 * known to be durable when `success` has to be said.
 */
export const JOB_WRITE_LEAD_MS = 1_100;
/** A job that is a lease waits this long past the deadline: as long as it takes to be sure that its owner is dead. */
const JOB_LEASE_MS = 2_500;
/** The remainder of a long text waits until its first part has arrived. */
const REMAINDER_AFTER_MS = 1_000;
/** Past the deadline, store and disk have this long. */
const GRACE_MS = 250;
const PAUSE_MS = { retry: 500, poll: 100 } as const;
/** An adopted run that takes longer than this is given up. */
const LIMIT_MS = 10 * 60_000;

/** One push in this process. `decide` says what to do; this does it, and tells what came of it. */
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
  #cancelGrace: (() => void) | undefined;
  #cancelLimit: (() => void) | undefined;
  #onClosed: (() => void) | undefined;

  constructor(
    deps: RunDeps,
    account: Account,
    push: Push,
    stored: StoredRecord,
    arrival: Arrival,
    runs: 'ours' | 'theirs',
  ) {
    const passiveOnly = account.deliveryPolicy.channel === 'passive-only';
    const name = recordRef(account.appId, push.id, push.user);
    this.#deps = deps;
    this.#account = account;
    this.#push = push;
    this.#name = name;
    this.#arrival = arrival;
    this.#job = new RunJob(deps.queue, deps.log, push.id);
    this.#record = new RecordHandle(deps, name, stored, () => this.#job.restore());
    this.#attempts = new PendingAttempts(deps.clock, JOB_WRITE_LEAD_MS, (what) => this.#onTime(what));
    this.#answer = new RunAnswer(name.sender, deps.ttls, passiveOnly, arrival.mailbox, (reply) =>
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
    });
    this.#state = firstState(runs, { passiveOnly });
    deps.activeRuns.set(name.key, this);
  }

  join(attempt: Attempt): AttemptResponse | Promise<AttemptResponse> {
    const verdict = this.#attempts.join(attempt);
    if (verdict instanceof Promise) this.#dispatch({ type: 'attemptJoined', isLast: attempt.isLast });
    return verdict;
  }

  /** Runs the handler: this process holds the claim. */
  start(): void {
    this.#handler.start({
      attempt: this.#record.record.runs,
      deadlineAtMs: this.#arrival.passiveUntilMs,
    });
  }

  /** Runs the handler only where no earlier push of the sender is under way; else says the notice. */
  startUnlessPending(): void {
    const { store, clock } = this.#deps;
    store.predecessor(this.#name.sender, this.#name.key, clock.now()).then(
      (ahead) =>
        ahead === undefined ? this.start() : this.#settle({ type: 'replied', reply: this.#notice }),
      () => this.start(),
    );
  }

  /** Another process runs it, or its answer stands ready for this attempt. */
  follow(): void {
    // One in our own name, that no run here has, may still come to a claim that is on its way.
    const sight = this.#steps.sightOf('theirs', true, undefined);
    this.#dispatch({ type: 'recordSeen', sight: sight.is === 'orphaned' ? { is: 'theirs' } : sight });
  }

  /** The process stops. Resolves once this run is in no need of it any more. */
  handOff(): Promise<void> {
    this.#dispatch({ type: 'handOff' });
    if (this.#state.isClosed) return Promise.resolve();
    return new Promise((resolve) => (this.#onClosed = resolve));
  }

  /** An event that an effect brings about is decided on after the effects before it. */
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
        this.#report(effect.outcome);
        return this.#attempts.settle(this.#verdict(effect.says));
      case 'respondUnavailable':
        this.#cancelGrace?.();
        this.#report('unavailable');
        return this.#attempts.failUnavailable();
      case 'leaveUnanswered':
        this.#report('held');
        return this.#attempts.leaveUnanswered();
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
        // From the deadline on: an attempt whose body came slowly may have joined after it.
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
    try {
      says = this.#answer.prepareDeadline(this.#notice);
    } catch (error) {
      this.#deps.log.error({ err: error, pushId: this.#push.id }, 'nothing could be said but "success"');
    }
    return this.#dispatch({ type: 'deadlinePassed', says });
  }

  /** What a reply cannot carry, or cannot say, is a fault of its handler. */
  #settle(ended: Ended): void {
    this.#cancelLimit?.();
    let made: Made;
    try {
      made = this.#answer.take(ended);
    } catch (error) {
      const about = { err: error, pushId: this.#push.id, handler: this.#handler.name };
      this.#deps.log.error(about, 'a handler returned a reply that cannot be sent');
      made = this.#answer.take({ type: 'threw', error });
    }
    this.#dispatch({ type: 'handlerSettled', made });
  }

  #writeJob(as: 'lease' | 'work' | 'held'): Promise<boolean> {
    const { receivedAtMs, sinceMs } = this.#arrival;
    const write = (notBeforeMs: number, inMailbox = false): Promise<boolean> =>
      this.#job.write(this.#makeJob(), inMailbox ? { notBeforeMs, inMailbox } : { notBeforeMs });
    if (as === 'lease') return write(this.#attempts.deadlineAtMs + JOB_LEASE_MS);
    if (as === 'held') return write(sinceMs + ATTEMPTS_WINDOW_MS);
    if (this.#state.made?.type === 'task') return this.#job.write(this.#makeJob(true));
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

  #verdict(says: Said): SettledResponse {
    const { xml } = this.#steps;
    return says === 'reply' && xml !== undefined ? { type: 'reply', xml } : SUCCESS;
  }

  /** What a user hears whose answer comes with a later message. */
  get #notice(): Reply {
    return replies.text(this.#account.deliveryPolicy.notice);
  }

  #render(reply: Reply): string {
    return toPassiveXml(reply, this.#push, Math.floor(wallTime(this.#deps.clock) / 1000));
  }

  /** The one line of a push. */
  #report(outcome: PushOutcome): void {
    const { clock, log, events } = this.#deps;
    const stage = IN_TIME.has(outcome) ? 'answered' : outcome;
    const { id: pushId, kind } = this.#push;
    const ms = clock.now() - this.#arrival.receivedAtMs;
    const handler = this.#handler.name;
    events.emit({ type: 'push.answered', account: this.#account.name, kind, outcome, handler, pushId, ms });
    log.info({ stage, pushId, kind, handler, outcome, ms }, 'push');
  }
}

const IN_TIME: ReadonlySet<PushOutcome> = new Set(['replied', 'silent', 'threw', 'joined']);
