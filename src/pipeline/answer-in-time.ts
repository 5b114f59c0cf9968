import type { ShelvedRecord } from '../ports/state-store.js';
import type { Json } from '../protocol/json.js';
import type { Reply } from '../protocol/reply.js';
import { KEPT_FOR_MS } from './change-record.js';
import { isReply, type OwnAnswer, type PassiveAnswer } from './compose-answer.js';
import { toLateMessages } from './late-end.js';
import { isOneMessage } from './parts.js';
import type { PushInHand } from './push-in-hand.js';
import type { Rule } from './record-in-hand.js';
import * as rules from './record.js';
import { SUCCESS, TRIES_LAST_MS, type FinalVerdict } from './tries.js';

/** The rest of a long text waits until its first part has arrived. */
const REST_AFTER_MS = 1_000;

/** What else can become of an answer on its way. */
export interface AnswerListener {
  /** It cannot be rendered: the same as if its handler had thrown. */
  onInvalid(error: unknown): void | Promise<void>;
  /** The deadline was faster: it has to travel late. */
  onLate(own: OwnAnswer): Promise<void>;
  /** Its handler threw, but a try that came to another process was told that an answer comes late. */
  onThrownLate(): Promise<void>;
  /** Another process holds the push by now. */
  onLost(): void;
  /** The record may have something for tries that wait. */
  look(): Promise<void>;
}

/** Settles what a handler made within the time of its push. */
export class AnswerInTime {
  readonly #hand: PushInHand;
  readonly #listener: AnswerListener;

  constructor(hand: PushInHand, listener: AnswerListener) {
    this.#hand = hand;
    this.#listener = listener;
  }

  reply(reply: Reply): void | Promise<void> {
    const hand = this.#hand;
    if (reply.road === 'customer-service') return this.#sendOnly(reply);
    const { kept } = hand.arrival;
    if (kept.length > 0 || !hand.isUndisputed || !isOneMessage(reply)) return this.settle(reply, kept);
    let xml: string;
    try {
      xml = hand.render(reply);
    } catch (error) {
      return this.#listener.onInvalid(error);
    }
    hand.say('replied', { type: 'reply', xml });
    hand.watch(hand.change((record, me) => rules.answer(record, me), { durable: false, body: xml }));
    return undefined;
  }

  /**
   * Settles what the tries hear now: what is kept for the sender, then this push's own answer. The record must say so
   * before anybody hears it, since others can have adopted the run, or used up what is kept.
   */
  async settle(own: OwnAnswer, kept: readonly ShelvedRecord[] = this.#hand.arrival.kept): Promise<void> {
    const hand = this.#hand;
    let answer: PassiveAnswer | undefined;
    let xml: string;
    try {
      answer = hand.compose(own, kept);
      if (answer === undefined) return await this.acknowledge('silent', []);
      xml = hand.render(answer.reply);
    } catch (error) {
      return this.#listener.onInvalid(error);
    }
    if (!hand.tries.areWaiting && hand.isPassiveOnly) return this.#standReady(own);
    const { rest, also } = answer;
    const isPinned = isReply(own) && own.road === 'passive';
    const restIs = hand.isPassiveOnly || isPinned ? 'kept' : 'late';
    const rule: Rule = (record, me) => rules.answer(record, me, rest, restIs);
    const isSafe = rest.length === 0 || (await this.#writeRest(restIs));
    hand.isAnswering = true;
    const changed = isSafe ? await hand.change(rule, { durable: true, body: xml, also }) : 'lost';
    hand.isAnswering = false;
    if (hand.isUnpromised && !hand.isLate) return this.#standReady(own);
    if (hand.isLate || hand.isAdopted) return this.#listener.onLate(own);
    if (!isSafe) return hand.forget();
    if (changed === 'also-lost') return this.settle(own, []);
    if (changed === 'lost') return this.#listener.onLost();
    hand.say('replied', { type: 'reply', xml });
    if (rest.length === 0) return hand.job.drop();
    return restIs === 'late' && hand.isContested ? hand.job.hurry() : undefined;
  }

  /** Nothing is to be said, but what is kept for the sender. */
  async acknowledge(
    outcome: 'silent' | 'threw',
    kept: readonly ShelvedRecord[] = this.#hand.arrival.kept,
  ): Promise<void> {
    const hand = this.#hand;
    if (kept.length > 0) return this.settle(undefined, kept);
    hand.say(outcome, SUCCESS);
    const rule = outcome === 'threw' ? rules.giveUp : rules.acknowledge;
    const changed = await hand.change(rule, { durable: hand.isContested });
    if (changed === 'lost' && outcome === 'threw' && hand.isAdopted) return this.#listener.onThrownLate();
    // Where it was lost, the job is another one's.
    if (changed === 'made' && hand.isContested) await hand.job.drop();
  }

  /** `later` finishes it, by whoever takes the job. A user to whom nothing can be sent is told to ask again. */
  async defer(task: Json): Promise<void> {
    const hand = this.#hand;
    const xml = hand.isPassiveOnly ? hand.render(hand.notice) : undefined;
    const verdict: FinalVerdict = xml === undefined ? SUCCESS : { type: 'reply', xml };
    const rule = xml === undefined ? rules.postpone : rules.postponeSaying;
    const postpone: Rule = (record, me) => rule(record, me, hand.handler, task);
    const body = xml === undefined ? {} : { body: xml };
    // The job under this id is the leased one, so the task can only travel in the record.
    const isLeased = hand.isContested && (await hand.job.settled());
    // First the job: a record that promises what nothing stands behind is heard as "success" by the next attempt.
    const isWritten = isLeased || (await hand.job.write(() => hand.makeJob({ reason: 'deferred', task })));
    if (!isWritten) return hand.forget();
    if ((await hand.change(postpone, { durable: isLeased, ...body })) !== 'made')
      return this.#listener.onLost();
    hand.say('deferred', verdict);
    return isLeased ? hand.job.hurry() : undefined;
  }

  #writeRest(restIs: 'late' | 'kept'): Promise<boolean> {
    const { deps, arrival, job } = this.#hand;
    const dueAtMs = restIs === 'kept' ? arrival.receivedAtMs + KEPT_FOR_MS : deps.clock.now() + REST_AFTER_MS;
    return job.write(() => this.#hand.makeJob(), dueAtMs);
  }

  /** No try waits just now: the next one hears it, and where none comes, the job keeps it. */
  async #standReady(own: OwnAnswer): Promise<void> {
    const hand = this.#hand;
    const messages = isReply(own) ? toLateMessages(own) : [];
    // A transfer to staff that nobody hears helps nobody later.
    if ('reason' in messages || messages.length === 0) return this.acknowledge('silent', []);
    const isWritten = await hand.job.write(() => hand.makeJob(), hand.arrival.sinceMs + TRIES_LAST_MS);
    if (!isWritten) return hand.forget();
    const from = hand.isUnpromised ? 'adopted' : 'running';
    hand.isUnpromised = false;
    const changed = await hand.change((record, me) => rules.ready(record, me, messages, from), {
      durable: true,
    });
    if (hand.isLate || hand.isAdopted) return this.#listener.onLate(own);
    if (changed !== 'made') return this.#listener.onLost();
    hand.report('ready');
    // A try that joined in the meantime waits here.
    return hand.tries.areWaiting ? this.#listener.look() : hand.leave();
  }

  /** Its handler wants it as a customer-service message, whatever the clock says. */
  async #sendOnly(reply: Reply): Promise<void> {
    const hand = this.#hand;
    const messages = toLateMessages(reply);
    if ('reason' in messages) return this.#listener.onInvalid(new TypeError(messages.detail));
    const isWritten = await hand.job.write(() => hand.makeJob(), hand.deps.clock.now() + REST_AFTER_MS);
    if (!isWritten) return hand.forget();
    const changed = await hand.change((record, me) => rules.finish(record, me, messages), { durable: true });
    if (changed !== 'made') return this.#listener.onLost();
    hand.say('deferred', SUCCESS);
    return hand.job.hurry();
  }
}
