/** A run of `*`, `_` or `~` that may begin or end emphasis: its piece, and its remaining length. */
interface Opener {
  readonly index: number;
  left: number;
}

const WORD_CHARACTER = /[\p{L}\p{N}]/u;

/**
 * Strips emphasis: removes pairs of runs of the same sign; unpaired runs stay as typed. Each run is read once, so the
 * time is linear.
 *
 * Differs from CommonMark: `**重点：**然后` is emphasis in spite of the colon, and the signs in `5*3*2` and `2**8` stay as
 * typed.
 */
export class Delimiters {
  readonly #pieces: string[];
  readonly #openers: Record<string, Opener[]> = { '*': [], _: [], '~': [] };

  constructor(pieces: string[]) {
    this.#pieces = pieces;
  }

  /** Adds a run between `before` and `after`, each '' at the end of the text. */
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

  /** Matches a closing run with the last openers; returns its remaining length. */
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

/** True if a run is plain text, not emphasis. */
function isTyped(run: string, before: string, after: string): boolean {
  if (run.startsWith('~')) return run.length !== 2;
  if (/\d/.test(before) && /\d/.test(after)) return true;
  return run === '*' && /[a-z\d]/i.test(before) && /[a-z\d]/i.test(after);
}

const isBlank = (char: string): boolean => char === '' || /\s/.test(char);
