import type { DeferredJob } from '../../ports/deferred-queue.js';
import { StoreUnavailable, type LinkedSwap } from '../../ports/state-store.js';
import type { Reply } from '../../protocol/reply.js';
import { isReplied, type ReadyWork } from '../../push-record/push-record.js';
import * as to from '../../push-record/transitions.js';
import type { UpdateOptions } from '../record/update-record.js';
import { endAsDead, storeDeadLetter } from '../dead-letters/dead-letter.js';
import type { RecordHandle, Transition } from '../record/record-handle.js';
import type { RunAnswer } from './run-answer.js';
import type { RunDeps } from './run-deps.js';
import type { RunEvent, RunState, Sight, Step } from './run-state.js';

/** The push, its account and its answer, as the steps need them. */
export interface StepContext {
  readonly deps: RunDeps;
  readonly pushId: string;
  readonly kind: string;
  readonly record: RecordHandle;
  readonly answer: RunAnswer;
  notice(): Reply;
  render(reply: Reply): string;
  handler(): string;
  makeJob(): DeferredJob;
  noteRepeat(): Promise<void>;
}

/** Carries out the steps of a run. Each is one transition of the record, or one read. */
export class RunSteps {
  readonly #context: StepContext;
  #xml: string | undefined;

  constructor(context: StepContext) {
    this.#context = context;
  }

  /** The reply that attempts get after the step. */
  get xml(): string | undefined {
    return this.#xml;
  }

  /** Carries out a step and returns its result as an event. Never rejects. */
  async perform(step: Step, state: RunState): Promise<RunEvent> {
    try {
      return await this.#perform(step, state);
    } catch (error) {
      const { deps, pushId } = this.#context;
      if (error instanceof StoreUnavailable)
        deps.log.warn({ err: error, pushId, step }, 'store unavailable: the step of a push is repeated');
      else deps.log.error({ err: error, pushId, step }, 'step failed: the step of a push is repeated');
      return { type: 'stepFailed' };
    }
  }

  /** Returns the meaning of the record for this run. @throws ReplyInvalid */
  sightOf(runs: RunState['runs'], ownerAlive: boolean, body: string | undefined): Sight {
    const { record, deps, answer } = this.#context;
    const seen = record.record;
    switch (seen.state) {
      case 'running':
        if (runs === 'ours' && record.isOurs) return { is: 'ours' };
        // A record in our name without a run here was claimed by a request that timed out.
        return ownerAlive && seen.owner !== deps.owner.id ? { is: 'theirs' } : { is: 'orphaned' };
      case 'released':
        return { is: 'orphaned' };
      case 'ready':
        return { is: 'ready', made: answer.takeReady(seen) };
      default:
        this.#xml = isReplied(seen) ? body : undefined;
        return {
          is: 'settled',
          says: this.#xml === undefined ? 'success' : 'reply',
          goesOn: runs === 'ours' && seen.state === 'overrunning' && record.isOurs,
        };
    }
  }

  #perform(step: Step, state: RunState): Promise<RunEvent> {
    const { answer } = this.#context;
    // Once a job may exist, other processes act on the record.
    const durable = state.job !== 'none' || state.runs === 'nobody';
    switch (step) {
      case 'settleReply': {
        const { xml, remainder, remainderGoes, linkedSwaps, includesOwnAnswer } = answer.passive!;
        const change: Transition = (current, lease) =>
          to.settleReply(current, lease, remainder, remainderGoes, includesOwnAnswer ? 'reply' : 'notice');
        return this.#change(change, withReply(xml, linkedSwaps, durable), xml);
      }
      case 'acknowledge':
        return this.#change(to.acknowledge, { durable });
      case 'defer': {
        const work = { handler: this.#context.handler(), task: answer.task };
        const xml = state.passiveOnly ? this.#context.render(this.#context.notice()) : undefined;
        const says = xml === undefined ? 'success' : 'notice';
        const change: Transition = (current, lease) =>
          to.promiseReady(current, says) ?? to.defer(current, lease, work, says);
        // The job holds the task, unless it was written before the task was known.
        return this.#change(
          change,
          { durable: state.jobIsLease, ...(xml !== undefined && { body: xml }) },
          xml,
        );
      }
      case 'deliverOnly': {
        const { messages } = answer;
        const change: Transition = (current, lease) =>
          to.promiseReady(current) ?? to.completeOverrun(current, lease, messages);
        return this.#change(change, { durable });
      }
      case 'holdForNextAttempt': {
        const work = this.#workOf(state.made);
        // A transfer to staff is useless after the deadline.
        if (work === undefined) return this.#change(to.acknowledge, { durable });
        const lateOnly = state.made?.type === 'message';
        const change: Transition = (current, lease) => to.holdForNextAttempt(current, lease, work, lateOnly);
        return this.#change(change, { durable });
      }
      case 'adopt':
        return this.#change((current) => to.adopt(current), { durable: false });
      case 'adoptWithReply':
        return this.#adoptWithReply();
      case 'takeOver':
        return this.#takeOver();
      case 'finishLate':
        return this.#finishLate(state);
      case 'release':
        return this.#change((current, lease) => to.releaseRun(current, lease, state.told !== undefined), {
          durable: state.told !== undefined,
        });
      case 'read':
        return this.#read(state);
      default:
        return step satisfies never;
    }
  }

  /** Returns the remaining work of the run's result, if any. */
  #workOf(made: RunState['made']): ReadyWork | undefined {
    const { answer } = this.#context;
    if (made?.type === 'task') return { type: 'task', handler: this.#context.handler(), task: answer.task };
    const { messages } = answer;
    return messages.length === 0 ? undefined : { type: 'messages', messages, sent: 0 };
  }

  async #takeOver(): Promise<RunEvent> {
    const isOurs = await this.#context.record.takeOver();
    return isOurs ? { type: 'stepDone', now: 'running' } : { type: 'stepLost', held: false };
  }

  async #read({ runs, waiting }: RunState): Promise<RunEvent> {
    const seen = await this.#context.record.refresh();
    if (seen === undefined) return { type: 'recordSeen', sight: { is: 'gone' } };
    const sight = this.sightOf(runs, seen.ownerAlive, seen.body);
    if (sight.is === 'settled' && sight.says === 'reply' && waiting !== 'none')
      await this.#context.noteRepeat();
    return { type: 'recordSeen', sight };
  }

  async #adoptWithReply(): Promise<RunEvent> {
    const { answer } = this.#context;
    const { xml, linkedSwaps } = answer.atDeadline!;
    const part = answer.partAtDeadline;
    const event = await this.#change(
      (current) => to.adopt(current, part === undefined ? 'notice' : 'reply'),
      withReply(xml, linkedSwaps, true),
      xml,
    );
    if (event.type === 'stepDone' && part !== undefined) answer.stream?.markDelivered(part.upTo);
    return event;
  }

  async #finishLate(state: RunState): Promise<RunEvent> {
    const { answer, deps, kind, record } = this.#context;
    const end = answer.late(state.made);
    const change: Transition = (current, lease) => {
      switch (end.type) {
        case 'messages':
          return to.completeOverrun(current, lease, end.messages);
        case 'task':
          return to.defer(current, lease, { handler: this.#context.handler(), task: end.task });
        case 'nothing':
          return to.endSilently(current, lease);
        case 'dead':
          return to.conclude(current, lease, { state: 'dead', reason: end.reason });
        default:
          return end satisfies never;
      }
    };
    if (end.type !== 'dead') return this.#change(change, { durable: true });
    let event: RunEvent = { type: 'stepFailed' };
    const letter = storeDeadLetter(deps, this.#context.makeJob(), kind, record.record, end);
    await endAsDead(deps, letter, async () => {
      event = await this.#change(change, { durable: true });
      return { ok: event.type === 'stepDone', record: record.record };
    });
    return event;
  }

  async #change(transition: Transition, options: UpdateOptions, xml?: string): Promise<RunEvent> {
    const { record, answer } = this.#context;
    const changed = await record.tryChange(transition, options);
    if (changed === 'conflict') return { type: 'stepLost', held: record.isOurs };
    if (changed === 'updated') {
      this.#xml = xml;
      return { type: 'stepDone', now: record.record.state };
    }
    const made = answer.withoutMailbox();
    return { type: 'mailboxTaken', made, says: answer.prepareDeadline(this.#context.notice()) };
  }
}

/** Options that store a reply and, in the same step, the use of its mailbox entries. */
const withReply = (body: string, linked: readonly LinkedSwap[], durable: boolean): UpdateOptions =>
  linked.length === 0 ? { durable, body } : { durable: true, body, linked };
