import type { DeferredJob } from '../../ports/deferred-queue.js';
import { StoreUnavailable, type LinkedSwap } from '../../ports/state-store.js';
import type { Reply } from '../../protocol/reply.js';
import { isReplied } from '../../push-record/push-record.js';
import * as to from '../../push-record/transitions.js';
import type { UpdateOptions } from '../record/update-record.js';
import { endAsDead, storeDeadLetter } from '../dead-letters/dead-letter.js';
import type { RecordHandle, Transition } from '../record/record-handle.js';
import type { RunAnswer } from './run-answer.js';
import type { RunDeps } from './run-deps.js';
import type { RunEvent, RunState, Sight, Step } from './run-state.js';

/** What the steps of a run are about. */
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
}

/** Does the steps of a run: each is one transition of its record, or one look at it. */
export class RunSteps {
  readonly #context: StepContext;
  #xml: string | undefined;

  constructor(context: StepContext) {
    this.#context = context;
  }

  /** The reply that attempts hear now that the step is done. */
  get xml(): string | undefined {
    return this.#xml;
  }

  /** What came of a step, as the event that says so. Never rejects. */
  async perform(step: Step, state: RunState): Promise<RunEvent> {
    try {
      return await this.#perform(step, state);
    } catch (error) {
      const { deps, pushId } = this.#context;
      if (error instanceof StoreUnavailable)
        deps.log.warn({ err: error, pushId, step }, 'store unavailable: the step of a push is repeated');
      else deps.log.error({ err: error, pushId, step }, 'a step of a push failed, and is repeated');
      return { type: 'stepFailed' };
    }
  }

  /** What the record means to this run. @throws ReplyInvalid */
  sightOf(runs: RunState['runs'], ownerAlive: boolean, body: string | undefined): Sight {
    const { record, deps, answer } = this.#context;
    const seen = record.record;
    switch (seen.state) {
      case 'running':
        if (runs === 'ours' && record.isOurs) return { is: 'ours' };
        // One in our name that nobody here knows of was claimed by a request that had been given up.
        return ownerAlive && seen.owner !== deps.owner.id ? { is: 'theirs' } : { is: 'orphaned' };
      case 'released':
        return { is: 'orphaned' };
      case 'ready':
        return { is: 'ready', made: answer.takeMessages(seen.messages) };
      default:
        this.#xml = isReplied(seen) ? body : undefined;
        return {
          is: 'settled',
          says: this.#xml === undefined ? 'success' : 'reply',
          goesOn: runs === 'ours' && seen.state === 'overrunning' && record.isOurs,
        };
    }
  }

  async #perform(step: Step, state: RunState): Promise<RunEvent> {
    const { record, answer } = this.#context;
    // From the moment in which a job may exist, others act on the record.
    const durable = state.job !== 'none' || state.runs === 'nobody';
    switch (step) {
      case 'settleReply': {
        const { xml, remainder, remainderGoes, linkedSwaps } = answer.passive!;
        const change: Transition = (current, lease) =>
          to.settleReply(current, lease, remainder, remainderGoes === 'mailbox' ? 'mailbox' : 'deliver');
        return this.#change(
          change,
          { ...linked(linkedSwaps), durable: durable || linkedSwaps.length > 0, body: xml },
          xml,
        );
      }
      case 'acknowledge':
        return this.#change(to.acknowledge, { durable });
      case 'defer': {
        const work = { handler: this.#context.handler(), task: answer.task };
        const xml = state.passiveOnly ? this.#context.render(this.#context.notice()) : undefined;
        const change: Transition = (current, lease) =>
          to.defer(current, lease, work, xml === undefined ? 'success' : 'reply');
        // The job has the task, unless it was written before there was one.
        return this.#change(
          change,
          { durable: state.jobIsLease, ...(xml !== undefined && { body: xml }) },
          xml,
        );
      }
      case 'deliverOnly': {
        const { messages } = answer;
        return this.#change((current, lease) => to.completeOverrun(current, lease, messages), { durable });
      }
      case 'holdForNextAttempt': {
        const { messages } = answer;
        // A transfer to staff that nobody hears helps nobody later.
        if (messages.length === 0) return this.#change(to.acknowledge, { durable });
        return this.#change((current, lease) => to.holdForNextAttempt(current, lease, messages), { durable });
      }
      case 'adopt':
        return this.#change((current) => to.adopt(current), { durable: false });
      case 'adoptWithReply':
        return this.#adoptWithReply();
      case 'takeOver':
        return (await record.takeOver())
          ? { type: 'stepDone', now: 'running' }
          : { type: 'stepLost', held: false };
      case 'finishLate':
        return this.#finishLate(state);
      case 'release':
        return this.#change((current, lease) => to.releaseRun(current, lease, state.told !== undefined), {
          durable: state.told !== undefined,
        });
      case 'read': {
        const seen = await record.refresh();
        if (seen === undefined) return { type: 'recordSeen', sight: { is: 'gone' } };
        return { type: 'recordSeen', sight: this.sightOf(state.runs, seen.ownerAlive, seen.body) };
      }
      default:
        return step satisfies never;
    }
  }

  async #adoptWithReply(): Promise<RunEvent> {
    const { answer } = this.#context;
    const { xml, linkedSwaps } = answer.atDeadline!;
    const event = await this.#change(
      (current) => to.adopt(current, 'reply'),
      { ...linked(linkedSwaps), durable: true, body: xml },
      xml,
    );
    if (event.type === 'stepDone') answer.markSaid();
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

/** The mailbox entries that a reply carries, where it carries any. */
const linked = (swaps: readonly LinkedSwap[]): Pick<UpdateOptions, 'linked'> =>
  swaps.length === 0 ? {} : { linked: swaps };
