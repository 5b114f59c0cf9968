export const CDATA_OPEN = '<![CDATA[';
export const CDATA_CLOSE = ']]>';

/**
 * Where the markup that begins at `from` is over: a comment, an instruction or a tag, but no CDATA. `undefined` if it
 * never is, or is of a kind that we refuse: any declaration, and `]]>` in what nobody reads, where a text that a
 * person typed may have ended.
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

// An attribute may hold `>`, so its quotes are followed; no two alternatives begin alike, so nothing is tried twice.
const TAG = /<[^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*>/y;
