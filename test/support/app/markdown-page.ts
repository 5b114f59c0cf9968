import { readFileSync } from 'node:fs';

export interface Heading {
  readonly depth: number;
  readonly text: string;
  /** The anchor that GitHub gives it. */
  readonly anchor: string;
}

export interface Table {
  readonly columns: number;
  readonly header: readonly string[];
  /** The cells of each row, without the header. */
  readonly rows: readonly (readonly string[])[];
}

export interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

/** The parts of a Markdown page that two languages of it share. */
export interface MarkdownPage {
  readonly path: string;
  readonly headings: readonly Heading[];
  readonly tables: readonly Table[];
  readonly code: readonly CodeBlock[];
  /** The targets of links and images, in order. */
  readonly links: readonly string[];
  /** Texts in backticks outside of code blocks. */
  readonly spans: readonly string[];
  /** Paragraphs, list items, table cells and headings, without code. */
  readonly prose: readonly string[];
}

const FENCE = /^( *)```(\w*)\n([^]*?)^\1```$/gm;
const SPAN = /(`+)(?!`)(.*?[^`])\1(?!`)/g;

const pages = new Map<string, MarkdownPage>();

/** Each page is parsed once. */
export function readPage(path: string): MarkdownPage {
  const known = pages.get(path) ?? parsePage(path);
  pages.set(path, known);
  return known;
}

function parsePage(path: string): MarkdownPage {
  const whole = readFileSync(path, 'utf8');
  const code = [...whole.matchAll(FENCE)].map(([, , language = '', text = '']) => ({ language, text }));
  const lines = whole.replaceAll(FENCE, '').split('\n');
  const inline = lines.map((line) => line.replaceAll(SPAN, ''));
  return {
    path,
    headings: headingsOf(lines),
    tables: tablesOf(lines),
    code,
    links: [...inline.join('\n').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
    spans: lines.flatMap((line) => [...line.matchAll(SPAN)].map(([, , span = '']) => span.trim())),
    prose: inline.flatMap((line) => line.split(' | ')).filter((text) => /\p{L}/u.test(text)),
  };
}

function headingsOf(lines: readonly string[]): Heading[] {
  const seen = new Map<string, number>();
  return lines.flatMap((line) => {
    const match = /^(#+) (.+)$/.exec(line);
    if (match === null) return [];
    const text = (match[2] ?? '').replaceAll(/[`*]|\]\([^)]*\)/g, '');
    const plain = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(plain) ?? 0;
    seen.set(plain, times + 1);
    return [{ depth: match[1]?.length ?? 0, text, anchor: times === 0 ? plain : `${plain}-${times}` }];
  });
}

function tablesOf(lines: readonly string[]): Table[] {
  const tables: { columns: number; header: string[]; rows: string[][] }[] = [];
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('|')) continue;
    const cells = cellsOf(line);
    if (/^\|[\s:|-]+\|$/.test(line))
      tables.push({ columns: cells.length, header: cellsOf(lines[index - 1] ?? ''), rows: [] });
    else if (lines[index - 1]?.startsWith('|')) tables.at(-1)?.rows.push(cells);
  }
  return tables;
}

/** A bar behind a backslash, or in backticks, parts no cells. */
const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
