import type { ChatItem } from '../../src/sandbox/types/types.js';
import type { Reading } from './answer.js';
import type { Story } from './run-soak.js';
import type { UserStep } from './traffic.js';

/** Between an answer and its being kept. */
const SETTLED_MS = 3_000;
const DAY_MS = 86_400_000;

/** Computes the answers that must come with a follower's next message. */
export class MailboxOracle {
  readonly #answered: readonly UserStep[];
  readonly #story: Story;
  #lastReplyAtMs = 0;

  constructor(answered: readonly UserStep[], story: Story) {
    this.#answered = answered;
    this.#story = story;
  }

  /** The push whose answer a passive reply has to begin with; undefined where nothing is kept, or nobody can know. */
  owedBy(line: ChatItem, reading: Reading): number | undefined {
    if (line.via !== 'passive') return undefined;
    const { exchanges, diary, sends } = this.#story;
    const own = [...exchanges.values()].find(({ id }) => id === line.exchange);
    const beganAtMs = own?.atMs ?? 0;
    const overlaps = this.#lastReplyAtMs >= beganAtMs;
    this.#lastReplyAtMs = line.atMs;
    if (overlaps) return undefined;
    for (const { push, follower } of this.#answered) {
      const seen = reading.answers.get(push);
      const exchange = exchanges.get(push);
      const readyAtMs = diary.readyAtMs.get(push);
      if (seen === undefined || exchange === undefined || exchange === own || readyAtMs === undefined)
        continue;
      if (seen.at === seen.whole.length) continue;
      const keptAtMs = Math.max(readyAtMs, exchange.verdict?.atMs ?? Infinity) + SETTLED_MS;
      if (keptAtMs > beganAtMs) continue;
      // An answer that was partly sent as messages does not go to the mailbox, and after a day none stays there.
      if (beganAtMs > exchange.atMs + DAY_MS - SETTLED_MS) continue;
      // Of an older one nobody can say from outside whether it is kept: then this one is not the first, maybe.
      if (sends.some(({ errcode, requestBody }) => errcode === 0 && requestBody.includes(follower)))
        return undefined;
      if (!isKeptFromTheStart(exchange.atMs, this.#story)) return undefined;
      return push;
    }
    return undefined;
  }
}

/** Whether it was known then that nothing may be sent: else it was tried first. */
function isKeptFromTheStart(atMs: number, { isPassiveOnly, sends }: Story): boolean {
  const hasLearned = sends.some(
    (send) => send.errcode === 48001 && send.atMs < atMs && atMs < send.atMs + DAY_MS - SETTLED_MS,
  );
  return isPassiveOnly || hasLearned;
}
