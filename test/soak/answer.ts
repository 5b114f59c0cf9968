/** Each push of a week has a character of its own, so that an answer of one character can be told from the others. */
const FIRST_MARK = 0x4e00;
export const MOST_PUSHES = 20_000;
const BETWEEN = [' ', ' ', '\n', '。', '! ', '\n\n', ', ', ' ☺ '];

/** Notice to a follower whose answer comes later. No answer contains it. */
export const NOTICE = '(soon)';
/** Before the end of an answer, where something was left out. */
const LEFT_OUT = '…';

export const markOf = (push: number): string => String.fromCodePoint(FIRST_MARK + push);

/** Text of the message that `ctx.send` sends first. */
export const aheadOf = (push: number): string => `≈${markOf(push)}≈`;

/**
 * An answer of so many characters: the push's mark, then marks with rising numbers, some with a long tail.
 * Every place in it can be told from every other, so whoever sees a part knows which.
 */
export function answerOf(push: number, length: number): string {
  const mark = markOf(push);
  let text = mark;
  for (let word = 1; text.length < length; word += 1) {
    const tail = 'あ'.repeat((push * 7 + word * 5) % (push % 3 === 0 ? 40 : 4));
    text += `${BETWEEN[(push + word) % BETWEEN.length]}${mark}${word}${tail}`;
  }
  // Neither a blank at the end nor half a sign.
  return `${text.slice(0, Math.max(1, length - 1)).trimEnd()}${mark}`.slice(0, length);
}

/** Blanks do not count: where a text is split, or joined with others, they come and go. */
export const bare = (text: string): string => text.replaceAll(/\s+/gu, '');

/** Characters that are missing in the middle of an answer. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** One answer, and how far it was seen. */
export interface Seen {
  readonly push: number;
  readonly whole: string;
  /** Bare characters seen, gaps included. */
  at: number;
  readonly gaps: Gap[];
}

/** A stretch of a message: of which push it is. */
export interface Piece {
  readonly push: number;
  readonly kind: 'answer' | 'ahead';
}

/**
 * Reads the messages of one follower in the order in which they came: every character must be the next one of some
 * answer, behind `…` of the end of one, or a notice. What is none of it, a repetition say, is a fault.
 */
export class Reading {
  readonly answers: ReadonlyMap<number, Seen>;
  readonly faults: string[] = [];
  /** Of the faults: what had been seen before. */
  repeated = 0;
  /** How often the first words to a push were seen. */
  readonly #ahead = new Map<number, number>();

  constructor(answers: Iterable<{ readonly push: number; readonly text: string }>) {
    this.answers = new Map(
      [...answers].map(({ push, text }) => [push, { push, whole: bare(text), at: 0, gaps: [] }]),
    );
  }

  get ahead(): ReadonlyMap<number, number> {
    return this.#ahead;
  }

  /** The pieces of one message, in order. */
  read(message: string): Piece[] {
    const pieces: Piece[] = [];
    let rest = bare(message);
    while (rest !== '') {
      const taken = this.#takeNotice(rest) ?? this.#takeAhead(rest, pieces) ?? this.#takeEnd(rest, pieces);
      const length = taken ?? this.#takeNext(rest, pieces);
      if (length === 0) {
        if (this.#wasSeen(rest)) this.repeated += 1;
        this.faults.push(
          `nobody's text: "${rest.slice(0, 40)}" in "${message.slice(0, 60)}" (${message.length})`,
        );
        break;
      }
      rest = rest.slice(length);
    }
    return pieces;
  }

  #wasSeen(rest: string): boolean {
    const beginning = rest.slice(0, 12);
    return [...this.answers.values()].some(({ whole, at }) => whole.slice(0, at).includes(beginning));
  }

  #takeNotice(rest: string): number | undefined {
    return rest.startsWith(NOTICE) ? NOTICE.length : undefined;
  }

  #takeAhead(rest: string, pieces: Piece[]): number | undefined {
    if (rest[0] !== '≈') return undefined;
    const push = (rest.codePointAt(1) ?? 0) - FIRST_MARK;
    if (!rest.startsWith(aheadOf(push))) return undefined;
    this.#ahead.set(push, (this.#ahead.get(push) ?? 0) + 1);
    pieces.push({ push, kind: 'ahead' });
    return aheadOf(push).length;
  }

  #takeEnd(rest: string, pieces: Piece[]): number | undefined {
    if (!rest.startsWith(LEFT_OUT)) return undefined;
    const text = rest.slice(LEFT_OUT.length);
    for (const seen of this.answers.values()) {
      const at = placeOfEnd(seen, text);
      if (at === undefined) continue;
      seen.gaps.push({ from: seen.at, to: at });
      seen.at = seen.whole.length;
      pieces.push({ push: seen.push, kind: 'answer' });
      return LEFT_OUT.length + seen.whole.length - at;
    }
    return undefined;
  }

  #takeNext(rest: string, pieces: Piece[]): number {
    let best: Seen | undefined;
    let longest = 0;
    for (const seen of this.answers.values()) {
      const length = commonLength(seen.whole, seen.at, rest);
      if (length > longest) [best, longest] = [seen, length];
    }
    if (best === undefined) return 0;
    best.at += longest;
    pieces.push({ push: best.push, kind: 'answer' });
    return longest;
  }
}

/** Where in an answer the end begins that a text begins with. */
function placeOfEnd({ whole, at: from }: Seen, text: string): number | undefined {
  const beginning = text.slice(0, 12);
  if (beginning === '') return undefined;
  let at = whole.indexOf(beginning, from);
  while (at >= 0 && !text.startsWith(whole.slice(at))) at = whole.indexOf(beginning, at + 1);
  return at < 0 ? undefined : at;
}

function commonLength(whole: string, from: number, text: string): number {
  let length = 0;
  while (from + length < whole.length && length < text.length && whole[from + length] === text[length])
    length += 1;
  return length;
}
