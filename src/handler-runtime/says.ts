/** Anything with a text, a text message first of all. */
interface Said {
  readonly content: string;
}

/**
 * A ready-made `when` for texts. Words: found is the word that the whole text is, blanks around it and case aside.
 * A pattern: found is its match; of its groups TypeScript cannot know which took part. A pattern and one of its groups,
 * by number or name: found is the text of that group, and a text in which it took no part is not yours.
 */
export function says(pattern: RegExp): (push: Said) => RegExpExecArray | undefined;
export function says(pattern: RegExp, group: number | string): (push: Said) => string | undefined;
export function says(...words: readonly [string, ...string[]]): (push: Said) => string | undefined;
export function says(
  ...sought: readonly (RegExp | string | number)[]
): (push: Said) => RegExpExecArray | string | undefined {
  const [pattern, group] = sought;
  if (pattern instanceof RegExp)
    return ({ content }) => {
      pattern.lastIndex = 0; // a global or sticky pattern remembers where the last text matched
      const match = pattern.exec(content) ?? undefined;
      if (typeof group === 'number') return match?.[group];
      return typeof group === 'string' ? match?.groups?.[group] : match;
    };
  const words = new Map(sought.map((word) => [plain(String(word)), String(word)]));
  return ({ content }) => words.get(plain(content));
}

const plain = (text: string): string => text.trim().toLowerCase();
