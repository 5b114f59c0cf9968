import { BlockReader } from './block-reader.js';

/**
 * Converts Markdown to a text that WeChat shows well: a heading in 【】, `•` before list items, a line for each table
 * row, links as `<a href="…">…</a>` (http and https only), code without backticks, no emphasis. Other text stays as
 * typed, such as `<b>` and TeX in `$…$`, `$$…$$`, `\(…\)` and `\[…\]`.
 *
 * Out:   may be longer than one message; `splitText` keeps its links and lines of code intact. Cost:  linear in the
 * text.
 *
 * A text can be converted in pieces that are cut at `markdownSplitPoint`: joined by a blank line, they equal the
 * conversion of the whole.
 *
 * Left as typed: reference links, footnotes, HTML other than `<br>` and links, indented code.
 *
 * @example
 * markdownToText('**晴**，[详情](https://example.com)'); // 晴，<a href="https://example.com">详情</a>
 */
export function markdownToText(markdown: string): string {
  const reader = new BlockReader();
  for (const line of linesOf(markdown)) reader.add(line);
  return reader.end();
}

/**
 * Finds the start of the last paragraph. Later input cannot change the text before it, which may be converted and sent.
 * 0: nothing is complete yet. The result is never inside a fenced code block or a list that goes on indented.
 *
 * In:  the Markdown received so far.
 *
 * @example
 * const text = '# 天气\n\n晴。\n\n- 明';
 * const complete = text.slice(0, markdownSplitPoint(text));
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
