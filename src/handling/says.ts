/** Anything with a text, a text message first of all. */
interface Said {
  readonly content: string;
}

/**
 * A ready-made `when` for texts. Words: found is the word that the whole text is, blanks around it and case aside.
 * A pattern: found is its match.
 */
export function says(pattern: RegExp): (push: Said) => RegExpExecArray | undefined;
export function says(...words: readonly [string, ...string[]]): (push: Said) => string | undefined;
export function says(
  ...sought: readonly (RegExp | string)[]
): (push: Said) => RegExpExecArray | string | undefined {
  const [pattern] = sought;
  if (pattern instanceof RegExp)
    return ({ content }) => {
      pattern.lastIndex = 0; // a global or sticky pattern remembers where the last text matched
      return pattern.exec(content) ?? undefined;
    };
  const words = new Map(sought.map((word) => [plain(String(word)), String(word)]));
  return ({ content }) => words.get(plain(content));
}

const plain = (text: string): string => text.trim().toLowerCase();
