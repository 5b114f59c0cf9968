import type { Outcome } from '../handling/run-handler.js';
import type { DeferredJob } from '../ports/deferred-queue.js';
import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { Push } from '../protocol/push.js';
import { ReplyInvalid, type Reply } from '../protocol/reply.js';
import { endAsDead, layAside, type BuryDeps, type DeadReason } from './dead-letter.js';
import { insist } from './insist.js';
import { lateMessages } from './parts.js';
import type { RecordDeps, RecordInHand, Rule } from './record-in-hand.js';
import * as rules from './record.js';
import type { WrittenJob } from './written-job.js';

/** Why an answer cannot travel late. */
export interface NoLateRoad {
  readonly reason: DeadReason;
  readonly detail: string;
}

/** The messages that carry an answer late, or why there are none. */
export function toLateMessages(reply: Reply): readonly CustomerServiceMessage[] | NoLateRoad {
  if (reply.type === 'to-staff')
    return { reason: 'cannot_be_sent_late', detail: 'a transfer to staff exists as a passive reply only' };
  if (reply.road === 'passive')
    return { reason: 'cannot_be_sent_late', detail: 'its handler pinned it to the passive road' };
  try {
    return lateMessages(reply);
  } catch (error) {
    if (!(error instanceof ReplyInvalid)) throw error;
    return { reason: 'reply_invalid', detail: error.message };
  }
}

/** How an adopted run ends, in the process that runs it: what it made goes into the record, and its job does the rest. */
export class LateEnd {
  readonly #deps: RecordDeps & BuryDeps;
  readonly #push: Push;
  readonly #record: RecordInHand;
  readonly #job: WrittenJob;
  readonly #makeJob: () => DeferredJob;

  constructor(
    deps: RecordDeps,
    push: Push,
    record: RecordInHand,
    job: WrittenJob,
    makeJob: () => DeferredJob,
  ) {
    this.#deps = deps;
    this.#push = push;
    this.#record = record;
    this.#job = job;
    this.#makeJob = makeJob;
  }

  async settle(outcome: Exclude<Outcome, { type: 'streaming' }>, handler: string): Promise<void> {
    switch (outcome.type) {
      case 'silent':
        await this.#change(rules.acknowledge, 'drop');
        return;
      case 'deferred':
        await this.#change((record, me) => rules.postpone(record, me, handler, outcome.task), 'hurry');
        return;
      case 'replied': {
        const messages = toLateMessages(outcome.reply);
        if ('reason' in messages) return this.die(messages.reason, messages.detail);
        await this.#change((record, me) => rules.finish(record, me, messages), 'hurry');
        return;
      }
      default:
        return outcome satisfies never;
    }
  }

  die(reason: DeadReason, detail: string): Promise<void> {
    const record = this.#record;
    const step = () =>
      layAside(this.#deps, this.#makeJob(), this.#push.kind, record.record, { reason, detail });
    const rule: Rule = (current, me) => rules.conclude(current, me, { state: 'dead', reason });
    return endAsDead(this.#deps, insist(this.#deps, this.#push.id, step), async () => {
      const made = await this.#change(rule, 'drop');
      return { made, record: record.record };
    });
  }

  /** What was lost is in other hands, and so is its job. */
  async #change(rule: Rule, then: 'drop' | 'hurry'): Promise<boolean> {
    if ((await this.#record.change(rule, { durable: true })) !== 'made') return false;
    await this.#job[then]();
    return true;
  }
}
