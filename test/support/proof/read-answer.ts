/** How the parts that a user saw compare with the answer that was made. */
export interface Reading {
  readonly pieces: number;
  /** All of it, once, in order. */
  readonly isWhole: boolean;
  readonly isTwice: boolean;
  /** A part belongs to no answer of this user. */
  readonly isStrange: boolean;
  readonly isDisordered: boolean;
  /** Its beginning, and then all of it: a stream whose process died is written anew (docs/decisions/0021). */
  readonly isAnew: boolean;
}

/** Compares without blanks: a text that is split loses some. @param wanted  undefined: nothing is to be seen */
export function readAnswer(wanted: string | undefined, seen: readonly string[]): Reading {
  const whole = squeezed(wanted ?? '');
  const pieces = seen.map(squeezed).filter((piece) => piece !== '');
  const places = pieces.map((piece) => whole.indexOf(piece));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return {
    pieces: pieces.length,
    isWhole: pieces.join('') === whole,
    isTwice: new Set(pieces).size < pieces.length || (length > whole.length && !places.includes(-1)),
    isStrange: places.includes(-1),
    isAnew: pieces.some(
      (_, at) =>
        at > 0 &&
        pieces.slice(at).join('') === whole &&
        pieces.slice(0, at).every((piece) => piece.length < whole.length && whole.startsWith(piece)),
    ),
    isDisordered: places.some((place, index) => index > 0 && place < (places[index - 1] ?? 0)),
  };
}

const squeezed = (text: string): string => text.replaceAll(/\s+/g, '');
