/** Any push with a text. */
interface Said {
  readonly content: string;
}

/**
 * Creates a `when` for texts. With words: `found` is the word that equals the whole text, ignoring surrounding blanks
 * and case. With a pattern: `found` is its match. With a pattern and a group, by number or name: `found` is the text of
 * that group, and texts without it are not taken.
 *
 * @example
 * export default defineHandler({ on: 'message.text', when: says('帮助', 'help'), handle: ({ reply: replies }) => replies.text('发城市名查天气') });
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
      pattern.lastIndex = 0; // a global or sticky pattern keeps the position of its last match
      const match = pattern.exec(content) ?? undefined;
      if (typeof group === 'number') return match?.[group];
      return typeof group === 'string' ? match?.groups?.[group] : match;
    };
  const words = new Map(sought.map((word) => [plain(String(word)), String(word)]));
  return ({ content }) => words.get(plain(content));
}

const plain = (text: string): string => text.trim().toLowerCase();
