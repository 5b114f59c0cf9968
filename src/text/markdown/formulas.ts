/** Tokens that may begin, end or prevent a formula. */
const TOKENS = /\\[^]|\$+|`|\n|\*\*/g;
/** A formula contains one of these; otherwise `\(note\)` and `\[1\]` are escaped brackets. */
const TEX = /[\\^_={}]/;

/**
 * Finds the formulas in a paragraph: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. To exclude prices, `$` must touch the formula
 * on both sides, on one line, and not precede a digit.
 *
 * Returns a function that gives the end of the formula at a position; `undefined`: none begins there.
 *
 * Cost: linear in the text.
 */
export function pairFormulas(text: string): (at: number) => number | undefined {
  if (!/[$]|\\[([]/.test(text)) return () => undefined;
  const ends = new Map<number, number>();
  /** Position of the nearest closing sign after the current position, by opening sign. */
  const close = new Map<string, number>();
  const pairEscaped = (opening: string, closing: string, at: number): void => {
    const end = close.get(opening);
    close.delete(opening);
    if (end !== undefined && TEX.test(text.slice(at + 2, end))) ends.set(at, end + closing.length);
  };
  for (const { index: at, 0: token } of [...text.matchAll(TOKENS)].reverse()) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + token.length);
    switch (token) {
      case '$':
        if (close.has('$') && /\S/.test(after)) ends.set(at, (close.get('$') ?? at) + 1);
        if (/\S/.test(before) && !/\d/.test(after)) close.set('$', at);
        break;
      case '$$':
        if (close.has('$$')) ends.set(at, (close.get('$$') ?? at) + 2);
        close.set('$$', at);
        close.delete('$');
        break;
      case '\\(':
        pairEscaped('\\(', '\\)', at);
        break;
      case '\\[':
        pairEscaped('\\[', '\\]', at);
        break;
      case '\\)':
        close.set('\\(', at);
        break;
      case '\\]':
        // `\[text\](address)` is an escaped link.
        if (after !== '(') close.set('\\[', at);
        break;
      case '`':
        close.clear();
        break;
      case '\n':
      case '\\\n':
        close.delete('$');
        close.delete('\\(');
        break;
      case '**':
        close.delete('$');
        break;
    }
  }
  return (at) => ends.get(at);
}

/**
 * Returns the sign that ends a multi-line formula which this line begins: `$$`, `\]` or `\end{…}`. `undefined`: it
 * begins none, or contains all of it.
 */
export function closingOfDisplay(line: string): string | undefined {
  const [opening = '', environment] = /^(?:\$\$(?!\$)|\\\[|\\begin\{([a-z]+\*?)\})/.exec(line) ?? [];
  if (opening === '') return undefined;
  const closing = opening === '$$' ? '$$' : opening === '\\[' ? '\\]' : `\\end{${environment}}`;
  return line.includes(closing, opening.length) ? undefined : closing;
}
