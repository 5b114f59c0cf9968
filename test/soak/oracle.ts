import type { ApiCall, ChatItem } from '../../src/sandbox/types/types.js';
import type { Ledger } from '../support/proof/proof.js';
import { answerOf, bare, Reading, type Piece } from './answer.js';
import { MailboxOracle } from './mailbox-oracle.js';
import type { Story } from './run-soak.js';
import type { UserStep } from './traffic.js';

/** Result of a soak. The proof has failed unless `faults` is empty. */
export interface Verdict {
  readonly faults: readonly string[];
  readonly ledger: Ledger;
  readonly figures: Figures;
}

export interface Figures {
  readonly pushes: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly answers: number;
  readonly whole: number;
  /** Answers that were not seen whole, by the reason that stands in their dead letter. */
  readonly explained: Readonly<Record<string, number>>;
  readonly lateMessages: number;
  readonly refusedSends: Readonly<Record<string, number>>;
  readonly letters: Readonly<Record<string, number>>;
  /** Answers that were ready in 14 s: in their own exchange, and how many there were. */
  readonly ready: number;
  readonly inSameExchange: number;
  /** Of those that were not: the reply was full of what had been kept before. */
  readonly behindKept: number;
  /** The other pushes that were not. */
  readonly missed: readonly number[];
  /** Replies to a next message that had to begin with what was kept, and did. */
  readonly owedReplies: number;
  readonly realSeconds: number;
  readonly stops: number;
}

const READY_MS = 14_000;
/** In moved time what is on its way takes a step or two. */
const CROSSING_MS = 500;
/** A row of messages to one user is over within this. */
const ROW_MS = 60_000;
const TRANSIENT = new Set(['throw', 'silent']);

/** Judges what every follower saw against what the handlers made. */
export function judgeSoak(story: Story): Verdict {
  const killed = story.deaths > 0;
  const faults: string[] = [];
  const count = new Counts();
  const kinds = new Counts();
  const outcomes = new Counts();
  const letters = new Counts();
  const refused = new Counts();
  if (story.waiting > 0) faults.push(`${story.waiting} jobs are left`);
  for (const { kind } of story.userSteps) kinds.add(kind);
  for (const { reason } of story.letters) letters.add(reason);
  for (const send of story.sends)
    if (send.errcode === 45015 || send.errcode === 45047)
      refused.add(crossing(send, story) ?? String(send.errcode));
    else if (send.errcode !== 0) refused.add(String(send.errcode));
  let whole = 0;
  let ready = 0;
  let inSameExchange = 0;
  let behindKept = 0;
  let owedReplies = 0;
  let [lost, duplicated, unexpected, outOfOrder] = [0, 0, 0, 0];
  const missed: number[] = [];

  const byFollower = groupBy(story.userSteps, ({ follower }) => follower);
  const chatOf = groupBy(
    story.chat.filter(
      ({ from, via }) => from === 'account' && (via === 'passive' || via === 'customer-service'),
    ),
    ({ follower }) => follower,
  );
  const lettersOf = groupBy(story.letters, ({ push }) => Number(/week-(\d+)/.exec(push)?.[1] ?? 0));

  for (const userStep of story.userSteps) {
    const exchange = story.exchanges.get(userStep.push);
    const outcome = exchange?.verdict?.outcome ?? 'none';
    outcomes.add(exchange?.verdict?.cause ?? outcome);
    if (outcome !== 'reply' && outcome !== 'silent' && !(killed && outcome === 'failure'))
      faults.push(`push ${userStep.push} ended as ${outcome}, ${exchange?.verdict?.cause ?? ''}`);
    if (userStep.kind === 'leave') continue;
    const runs = story.diary.runs.get(userStep.push) ?? 0;
    if (runs !== 1 && !(killed && runs > 1)) faults.push(`push ${userStep.push} was run ${runs} times`);
    const laterRuns = story.diary.laterRuns.get(userStep.push) ?? 0;
    const wanted = userStep.plan.how === 'defer' ? 1 : userStep.plan.how === 'defer-again' ? 2 : 0;
    if (laterRuns !== wanted && !killed)
      faults.push(`push ${userStep.push} had ${laterRuns} runs of later, not ${wanted}`);
  }

  for (const [follower, userSteps] of byFollower) {
    const answered = userSteps.filter(({ kind, plan }) => kind !== 'leave' && !TRANSIENT.has(plan.how));
    const reading = new Reading(
      answered.map(({ push, plan }) => ({ push, text: answerOf(push, plan.length) })),
    );
    const lines = chatOf.get(follower) ?? [];
    const kept = new MailboxOracle(answered, story);
    const read = lines.map((line) => {
      const owed = kept.owedBy(line, reading);
      const pieces = reading.read(textOf(line));
      if (owed !== undefined) {
        owedReplies += 1;
        if (pieces[0]?.push !== owed)
          faults.push(
            `${follower}: the reply at ${line.atMs} did not begin with what was kept of push ${owed}`,
          );
      }
      return { line, pieces };
    });
    const disorder = orderFaults(read);
    faults.push(...[...reading.faults, ...disorder].map((fault) => `${follower}: ${fault}`));
    duplicated += reading.repeated;
    unexpected += reading.faults.length - reading.repeated;
    outOfOrder += disorder.length;

    for (const userStep of answered) {
      const seen = reading.answers.get(userStep.push);
      if (seen === undefined) continue;
      if (userStep.plan.how === 'ahead') {
        // A run that was cut off begins anew.
        const runs = story.diary.runs.get(userStep.push) ?? 0;
        const times = reading.ahead.get(userStep.push) ?? 0;
        if (times > runs || (story.diary.sentAhead.has(userStep.push) && times === 0))
          faults.push(`push ${userStep.push}: its first words were seen ${times} times in ${runs} runs`);
      }
      const unseen =
        seen.gaps.reduce((sum, { from, to }) => sum + to - from, 0) + seen.whole.length - seen.at;
      const own = lettersOf.get(userStep.push) ?? [];
      if (unseen === 0) {
        whole += 1;
        if (own.length > 0)
          faults.push(`push ${userStep.push} was seen whole, and has a letter: ${own[0]?.reason}`);
      } else if (own.length > 0) {
        const inLetters = own.reduce((sum, { messages }) => sum + charactersOf(messages), 0);
        if (inLetters !== unseen)
          faults.push(
            `push ${userStep.push}: ${unseen} characters unseen, ${inLetters} in the letters (${own.map(({ reason }) => reason).join()})`,
          );
        for (const { reason } of own) count.add(reason);
      } else if (hasLeft(userStep, userSteps, story)) count.add('the follower had left');
      else if (killed && story.exchanges.get(userStep.push)?.verdict?.outcome === 'failure')
        count.add('failure');
      else {
        lost += 1;
        faults.push(
          `push ${userStep.push} (${userStep.kind}, ${userStep.plan.how}, ${userStep.plan.ms} ms, ${userStep.plan.length}) lost ${unseen} of ${seen.whole.length}`,
        );
      }

      const exchange = story.exchanges.get(userStep.push);
      const readyAtMs = story.diary.readyAtMs.get(userStep.push);
      if (exchange === undefined || readyAtMs === undefined || readyAtMs - exchange.atMs > READY_MS) continue;
      // An answer that was ready when its `later` threw is made again, as late work.
      if (userStep.plan.how === 'defer-again') continue;
      if (hasLeft(userStep, userSteps, story)) continue;
      ready += 1;
      const reply = read.find(({ line }) => line.via === 'passive' && line.exchange === exchange.id);
      if (reply?.pieces.some(({ push }) => push === userStep.push) === true) inSameExchange += 1;
      else if (reply?.pieces.some(({ push }) => push !== userStep.push) === true) behindKept += 1;
      else if (story.isPassiveOnly) missed.push(userStep.push);
    }
  }

  return {
    faults,
    ledger: {
      sent: story.userSteps.length,
      acknowledged: [...story.exchanges.values()].filter(({ verdict }) => verdict?.outcome !== 'failure')
        .length,
      replied: story.chat.filter(({ from, via }) => from === 'account' && via === 'passive').length,
      delivered: whole,
      kept: owedReplies,
      dead: story.letters.length,
      lost,
      duplicated,
      unexpected,
      order: outOfOrder,
    },
    figures: {
      pushes: story.userSteps.length,
      byKind: kinds.view,
      outcomes: outcomes.view,
      answers: [...byFollower.values()]
        .flat()
        .filter(({ kind, plan }) => kind !== 'leave' && !TRANSIENT.has(plan.how)).length,
      whole,
      explained: count.view,
      lateMessages: story.sends.filter(({ errcode }) => errcode === 0).length,
      refusedSends: refused.view,
      letters: letters.view,
      ready,
      inSameExchange,
      behindKept,
      missed,
      owedReplies,
      realSeconds: Math.round(story.realSeconds),
      stops: story.stops,
    },
  };
}

/**
 * The message, or one of the row that it ends, was on its way while its user did something: WeChat knew of that before
 * the servers could.
 */
function crossing({ atMs, requestBody }: ApiCall, story: Story): string | undefined {
  const isTo = (follower: string): boolean => requestBody.includes(follower);
  for (const { push, kind, follower } of story.userSteps) {
    if (!isTo(follower)) continue;
    const didAtMs = story.exchanges.get(push)?.atMs ?? Infinity;
    if (didAtMs > atMs + CROSSING_MS || didAtMs < atMs - ROW_MS) continue;
    if (kind === 'leave' && Math.abs(atMs - didAtMs) <= CROSSING_MS) return 'crossed with leaving';
    const crossed = story.sends.some(
      (send) =>
        send.errcode === 0 &&
        send.requestBody.includes(follower) &&
        send.atMs >= didAtMs &&
        send.atMs <= didAtMs + CROSSING_MS,
    );
    if (crossed) return 'crossed with a message';
  }
  return undefined;
}

/** WeChat shows nothing more to those who leave before they were answered. */
function hasLeft(userStep: UserStep, userSteps: readonly UserStep[], story: Story): boolean {
  const { atMs } = story.exchanges.get(userStep.push) ?? { atMs: Infinity };
  return userSteps.some(({ push, kind }) => {
    const at = story.exchanges.get(push)?.atMs ?? Infinity;
    return kind === 'leave' && at >= atMs && at - atMs < 60_000;
  });
}

/** Late messages come in the order of their pushes, and never in between each other. */
function orderFaults(read: readonly { line: ChatItem; pieces: readonly Piece[] }[]): string[] {
  let last = 0;
  const faults: string[] = [];
  for (const { line, pieces } of read) {
    if (line.via !== 'customer-service') continue;
    for (const { push, kind } of pieces) {
      if (kind === 'ahead') continue;
      if (push < last) faults.push(`a late message to push ${push} came after one to push ${last}`);
      last = Math.max(last, push);
    }
  }
  return faults;
}

const textOf = ({ shown }: ChatItem): string => ('content' in shown ? shown.content : '');

const charactersOf = (messages: readonly object[]): number =>
  messages.reduce(
    (sum: number, message) =>
      sum + bare('text' in message ? contentOf(message.text) : '').replace(/^…/u, '').length,
    0,
  );

const contentOf = (text: unknown): string =>
  typeof text === 'object' && text !== null && 'content' in text ? String(text.content) : '';

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

class Counts {
  readonly #counts = new Map<string, number>();
  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }
  get view(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }
}
