import type { ShelvedRecord } from '../ports/state-store.js';
import { reply as replies } from '../protocol/reply.js';
import type { PushInHand } from './push-in-hand.js';
import * as rules from './record.js';
import { SUCCESS, type FinalVerdict } from './tries.js';

/** At the deadline the record must say `adopted` before `success` is said; a store that hangs is not waited for longer. */
const ADOPT_GRACE_MS = 250;
/** A leased job waits this long past the deadline: as long as it takes to be sure that its owner is dead. */
const LEASE_LASTS_MS = 2_500;

/** Whom the deadline concerns besides the push. */
export interface DeadlineListener {
  /** The run is adopted and its tries have heard so. */
  onAdopted(): void;
  /** The record is in other hands. */
  look(): Promise<void>;
}

/**
 * The end of a push's time: its job is written ahead, and at the deadline its run is adopted and its tries hear
 * `success`, or what there is to say by then. Where tries may be held, those before the last hear nothing.
 */
export class Deadline {
  readonly #hand: PushInHand;
  readonly #listener: DeadlineListener;
  /** Tries may be left without an answer; undefined: not asked yet. */
  #mayHold: boolean | undefined;

  constructor(hand: PushInHand, listener: DeadlineListener) {
    this.#hand = hand;
    this.#listener = listener;
  }

  /** What is to be said at the deadline has to be prepared now. */
  approaches(deadlineAtMs: number): void {
    const hand = this.#hand;
    hand.isContested = true;
    // Where another process runs it, the handler's name is not known yet.
    if (hand.handler === '') hand.handler = hand.deps.router().route(hand.push)?.handler.name ?? '';
    if (hand.tries.haveLast) this.#lease(deadlineAtMs);
    else hand.watch(this.#askToHold(deadlineAtMs));
  }

  /** Something has to be said now. */
  strikes(deadlineAtMs: number): void {
    const hand = this.#hand;
    if (this.#mayHold !== true || hand.tries.haveLast) return hand.watch(this.#adopt(deadlineAtMs));
    hand.report('held');
    return hand.tries.hold();
  }

  /** WeChat takes a held try for a failure of ours, so only a few pushes are held at a time. */
  async #askToHold(deadlineAtMs: number): Promise<void> {
    const { arrival, account } = this.#hand;
    this.#mayHold ??= arrival.tryNumber > 1 || (await account.road.mayHold());
    if (!this.#mayHold) this.#lease(deadlineAtMs);
  }

  #lease(deadlineAtMs: number): void {
    void this.#hand.job.write(() => this.#hand.makeJob(), deadlineAtMs + LEASE_LASTS_MS);
  }

  async #adopt(deadlineAtMs: number): Promise<void> {
    const { job, isLate, arrival } = this.#hand;
    this.#lease(deadlineAtMs); // where the last try joined after the time for it
    if (job.isSafe || (await this.#isJobSafeSoon())) return this.#settle(arrival.kept);
    return isLate ? undefined : this.#hand.sendAway();
  }

  /** A loop that was held up may have begun to write the job at the deadline only: there is a moment left. */
  async #isJobSafeSoon(): Promise<boolean> {
    const { deps, job } = this.#hand;
    let cancel = (): void => {};
    const late = new Promise<boolean>((resolve) => {
      cancel = deps.clock.schedule(ADOPT_GRACE_MS, () => resolve(false));
    });
    const safe = await Promise.race([job.settled(), late]);
    cancel();
    return safe;
  }

  async #settle(kept: readonly ShelvedRecord[]): Promise<void> {
    const hand = this.#hand;
    const part = hand.isPassiveOnly ? undefined : hand.stream?.complete();
    const said = part === undefined ? undefined : replies.text(part.content);
    const answer = hand.compose(hand.isPassiveOnly ? hand.notice : said, kept);
    const xml = answer && hand.render(answer.reply);
    const cancelGrace = hand.deps.clock.schedule(ADOPT_GRACE_MS, () => {
      // The store may have a reply for the tries: "success" would be a lie if this process died now. A retry hears it.
      if (hand.isAnswering || xml !== undefined) hand.sendAway();
      else this.#say(SUCCESS);
    });
    const changed =
      answer === undefined || xml === undefined
        ? await hand.change(rules.adopt, { durable: false })
        : await hand.change(rules.adoptSaying, { durable: true, body: xml, also: answer.also });
    // An answer that nobody knows to be settled may take longer than there is time.
    if (changed !== 'lost' || !hand.isAnswering) cancelGrace();
    // What was kept went out with the answer to another push.
    if (changed === 'also-lost') return this.#settle([]);
    if (changed === 'made' && part !== undefined && answer?.saysOwn === true)
      hand.stream?.markSaid(part.upTo);
    // Its answer is on the way, and the next try hears it.
    if (changed === 'made' && xml === undefined && !hand.tries.areWaiting) {
      hand.isUnpromised = true;
      // What was sent to a store that hangs may land yet, and be heard.
      await hand.change(rules.retract, { durable: true });
      return undefined;
    }
    if (changed === 'made' || hand.isAdopted)
      return this.#say(xml === undefined ? SUCCESS : { type: 'reply', xml });
    // An answer was settled in this very moment: by this process, which says it, or by the one that is followed.
    return hand.record.isOurs ? undefined : this.#listener.look();
  }

  #say(verdict: FinalVerdict): void {
    const hand = this.#hand;
    if (hand.isLate) return;
    hand.report('adopted');
    hand.tries.speak(verdict);
    if (hand.record.isOurs) this.#listener.onAdopted();
    else hand.leave();
  }
}
