import { closingOfDisplay } from './formulas.js';

/** The kind of a Markdown line, without context. */
export type Line =
  | { readonly type: 'blank' }
  | { readonly type: 'heading'; readonly text: string }
  | { readonly type: 'rule' }
  /** `===` or `---` below a line makes that line a heading. */
  | { readonly type: 'underline'; readonly mayBeRule: boolean }
  | { readonly type: 'fence'; readonly fence: string; readonly indent: number }
  /** Begins a formula of several lines, which `closing` or a blank line ends. */
  | { readonly type: 'display'; readonly closing: string; readonly indent: number }
  | { readonly type: 'item'; readonly indent: number; readonly mark: string; readonly text: string }
  | { readonly type: 'text'; readonly indent: number; readonly text: string };

const QUOTE = /^(?: {0,3}> ?)+/;
const FENCE = /^(`{3,}|~{3,})([^`]*)$/;
const HEADING = /^#{1,6}(?:[ \t]+|$)/;
const ITEM = /^([-*+]|\d{1,9}[.)])(?:[ \t]+|$)/;

/** Removes the quotation marks of a line. */
export function unquote(line: string): { readonly isQuoted: boolean; readonly rest: string } {
  const marks = QUOTE.exec(line)?.[0] ?? '';
  return { isQuoted: marks !== '', rest: line.slice(marks.length) };
}

export function readLine(line: string): Line {
  const text = line.trim();
  if (text === '') return { type: 'blank' };
  const indent = indentOf(line);
  const fence = FENCE.exec(text)?.[1];
  if (fence !== undefined) return { type: 'fence', fence, indent };
  if (HEADING.test(text)) return { type: 'heading', text: withoutClosing(text.replace(HEADING, '')) };
  if (/^(?:=+|-+)$/.test(text) && text !== '-') return { type: 'underline', mayBeRule: /^-{3}/.test(text) };
  if (/^[-*_]/.test(text) && /^(?:-{3,}|\*{3,}|_{3,})$/.test(text.replaceAll(/\s/g, '')))
    return { type: 'rule' };
  const closing = closingOfDisplay(text);
  if (closing !== undefined) return { type: 'display', closing, indent };
  const item = ITEM.exec(text);
  if (item !== null) return { type: 'item', indent, mark: item[1] ?? '', text: text.slice(item[0].length) };
  return { type: 'text', indent, text };
}

/** True if a line ends the code that `fence` began. */
export function closesFence(line: string, fence: string): boolean {
  const text = line.trim();
  return text.length >= fence.length && text === fence.charAt(0).repeat(text.length);
}

/** `# Title #` */
function withoutClosing(title: string): string {
  let end = title.length;
  while (title.charAt(end - 1) === '#') end--;
  return end === 0 || /\s/.test(title.charAt(end - 1)) ? title.slice(0, end).trimEnd() : title;
}

function indentOf(line: string): number {
  let columns = 0;
  for (const char of line) {
    if (char === ' ') columns++;
    else if (char === '\t') columns += 4 - (columns % 4);
    else break;
  }
  return columns;
}
