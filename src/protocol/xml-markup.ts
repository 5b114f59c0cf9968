export const CDATA_OPEN = '<![CDATA[';
export const CDATA_CLOSE = ']]>';

/**
 * Finds the end of the markup at `from`: a comment, an instruction or a tag, but no CDATA. `undefined` if it has no end
 * or is refused: any declaration, and `]]>` in ignored content, where a typed text may have ended.
 */
export function endOfMarkup(document: string, from: number): number | undefined {
  // XML has no `--` in a comment, and its declaration nowhere but at the beginning
  if (document.startsWith('<!--', from)) return endOfUnread(document, from, 4, '--', '-->');
  if (document.startsWith('<!', from)) return undefined;
  if (/^<\?xml\s/i.test(document.slice(from, from + 6)) && from > 0) return undefined;
  if (document.startsWith('<?', from)) return endOfUnread(document, from, 2, '?>', '?>');
  TAG.lastIndex = from;
  return TAG.test(document) ? TAG.lastIndex : undefined;
}

function endOfUnread(
  document: string,
  from: number,
  opening: number,
  mark: string,
  end: string,
): number | undefined {
  const found = document.indexOf(mark, from + opening);
  if (found < 0 || !document.startsWith(end, found)) return undefined;
  return document.slice(from, found).includes(CDATA_CLOSE) ? undefined : found + end.length;
}

// An attribute may hold `>`, so quotes are matched. No two alternatives begin alike, so there is no backtracking.
const TAG = /<[^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*>/y;
