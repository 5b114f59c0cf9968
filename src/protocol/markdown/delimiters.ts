/** A run of `*`, `_` or `~` that may begin or end emphasis: where it stands among the pieces, and how much is left of it. */
interface Opener {
  readonly index: number;
  left: number;
}

const WORD_CHARACTER = /[\p{L}\p{N}]/u;

/**
 * Strips emphasis: pairs of runs of the same sign are taken out of the pieces, what has no partner stays as typed. Every
 * run is looked at once, so the time is linear.
 *
 * More is emphasis here than by the letter of CommonMark, which leaves `**重点：**然后` as typed because of the colon; and
 * less: `5*3*2` and `2**8` are sums.
 */
export class Delimiters {
  readonly #pieces: string[];
  readonly #openers: Record<string, Opener[]> = { '*': [], _: [], '~': [] };

  constructor(pieces: string[]) {
    this.#pieces = pieces;
  }

  /** Adds a run between `before` and `after`, each '' at the border of the text. */
  add(run: string, before: string, after: string): void {
    const index = this.#pieces.push(run) - 1;
    const openers = this.#openers[run.charAt(0)];
    if (openers === undefined || isTyped(run, before, after)) return;
    const isWord = run.startsWith('_');
    const opens = !isBlank(after) && !(isWord && WORD_CHARACTER.test(before));
    const closes = !isBlank(before) && !(isWord && WORD_CHARACTER.test(after));
    const left = closes ? this.#close(openers, run.length) : run.length;
    this.#shorten(index, left);
    if (opens && left > 0) openers.push({ index, left });
  }

  /** Takes from the last openers as much as a closing run has; returns what it has left. */
  #close(openers: Opener[], length: number): number {
    let left = length;
    for (let opener = openers.at(-1); left > 0 && opener !== undefined; opener = openers.at(-1)) {
      const taken = Math.min(left, opener.left);
      left -= taken;
      opener.left -= taken;
      this.#shorten(opener.index, opener.left);
      if (opener.left === 0) openers.pop();
    }
    return left;
  }

  #shorten(index: number, length: number): void {
    this.#pieces[index] = (this.#pieces[index] ?? '').slice(0, length);
  }
}

/** Whether a run is no emphasis at all. */
function isTyped(run: string, before: string, after: string): boolean {
  if (run.startsWith('~')) return run.length !== 2;
  if (/\d/.test(before) && /\d/.test(after)) return true;
  return run === '*' && /[a-z\d]/i.test(before) && /[a-z\d]/i.test(after);
}

const isBlank = (char: string): boolean => char === '' || /\s/.test(char);
