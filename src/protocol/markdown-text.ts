import { BlockReader } from './markdown/block-reader.js';

/**
 * Markdown as a text that WeChat shows well: a heading in 【】, `•` before the items of a list, a table as a line for each
 * row, links as `<a href="…">…</a>` (http and https only), code without its backticks, emphasis stripped. What is not
 * Markdown stays as typed: `<b>`, and TeX in `$…$`, `$$…$$`, `\(…\)` and `\[…\]`.
 *
 * Out:   may be longer than one message; `splitText` keeps its links and lines of code whole.
 * Cost:  linear in the text.
 *
 * A text may be converted piece by piece, cut where `markdownSplitPoint` says: the pieces, joined by a blank line, are then
 * what the whole would have become.
 *
 * Left as typed: links by reference, footnotes, HTML other than `<br>` and links, code by indent.
 */
export function markdownToText(markdown: string): string {
  const reader = new BlockReader();
  for (const line of linesOf(markdown)) reader.add(line);
  return reader.end();
}

/**
 * Where the last paragraph begins that is seen to begin: what is before it will not change whatever follows, and may be
 * converted and sent. 0: nothing is complete yet. Never inside a fenced code block or the items of a list that goes on
 * indented.
 *
 * In:  the Markdown that has come so far.
 */
export function markdownSplitPoint(markdown: string): number {
  const reader = new BlockReader((text) => text);
  let border = 0;
  let at = 0;
  let wasBlank = false;
  for (const line of markdown.split('\n')) {
    if (wasBlank && /^\S/.test(line)) border = at;
    reader.add(line);
    wasBlank = line.trim() === '' && !reader.isInCode;
    at += line.length + 1;
  }
  return border;
}

const linesOf = (markdown: string): string[] => markdown.replaceAll('\r\n', '\n').split('\n');
