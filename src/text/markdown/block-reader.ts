import { inlineToText } from './inline.js';
import { closesFence, readLine, unquote, type Line } from './lines.js';
import { beginsTable, tableLines } from './table.js';
import { disarmTags } from './wechat-link.js';

const BULLETS = ['•', '◦', '▪'] as const;
const QUOTE_MARK = '┃ ';
const RULE = '———————';

/** Lines that are converted together: a paragraph, or a list item with its continuation lines. */
interface Paragraph {
  readonly lines: string[];
  /** Prefix of the first line, and of the others. */
  readonly first: string;
  readonly others: string;
  readonly isItem: boolean;
}

interface Code {
  readonly fence: string;
  readonly isQuoted: boolean;
  readonly indent: number;
  readonly lines: string[];
}

/** A formula of several lines. A blank line ends it too, as in TeX. */
interface Display {
  readonly closing: string;
  readonly indent: number;
  readonly margin: string;
}

/** Converts Markdown line by line. Its state ends at an unindented paragraph. */
export class BlockReader {
  readonly #convert: (inline: string) => string;
  readonly #out: string[] = [];
  #paragraph: Paragraph | undefined;
  #code: Code | undefined;
  #display: Display | undefined;
  #table: { header: string; rows: string[] } | undefined;
  #isQuoted = false;
  /** Indents of the lists around the current line, outermost first. */
  #lists: number[] = [];

  constructor(convert: (inline: string) => string = inlineToText) {
    this.#convert = convert;
  }

  get isInCode(): boolean {
    return this.#code !== undefined;
  }

  add(line: string): void {
    const code = this.#code;
    const { isQuoted, rest } = code?.isQuoted === false ? { isQuoted: false, rest: line } : unquote(line);
    if (code !== undefined) {
      if (isQuoted === code.isQuoted) return this.#addCode(code, rest);
      this.#endCode(code); // the end of a quotation ends the code in it
    }
    if (isQuoted !== this.#isQuoted) {
      this.#endBlock();
      this.#lists = [];
      this.#isQuoted = isQuoted;
    }
    this.#addLine(readLine(rest), rest);
  }

  /** Returns the whole text, after the last line was added. */
  end(): string {
    if (this.#code !== undefined) this.#endCode(this.#code);
    this.#endBlock();
    const from = this.#out[0] === '' ? 1 : 0; // there are never two blank lines
    return this.#out.slice(from, this.#out.at(-1) === '' ? -1 : undefined).join('\n');
  }

  #addLine(line: Line, typed: string): void {
    if (this.#display !== undefined && line.type !== 'blank') return this.#addDisplay(this.#display, typed);
    if (this.#table !== undefined) {
      if (typed.includes('|')) {
        this.#table.rows.push(typed);
        return;
      }
      this.#endBlock();
    }
    const header = this.#paragraph?.lines.at(-1) ?? '';
    if (beginsTable(header, typed)) return this.#beginTable(header);
    switch (line.type) {
      case 'blank':
        this.#endBlock();
        return this.#write('');
      case 'heading':
        return this.#writeHeading(line.text);
      case 'rule':
        return this.#writeRule();
      case 'underline':
        return this.#addUnderline(line.mayBeRule, typed);
      case 'fence':
        return this.#beginCode(line.fence, line.indent);
      case 'display':
        return this.#beginDisplay(line.closing, line.indent, typed);
      case 'item':
        return this.#addItem(line);
      case 'text':
        return this.#addText(line.text, line.indent);
      default:
        return line satisfies never;
    }
  }

  #addText(text: string, indent: number): void {
    if (this.#paragraph !== undefined) {
      this.#paragraph.lines.push(text);
      return;
    }
    while ((this.#lists.at(-1) ?? -1) >= indent) this.#lists.pop();
    const margin = '  '.repeat(this.#lists.length);
    this.#paragraph = { lines: [text], first: margin, others: margin, isItem: false };
  }

  #addItem({ indent, mark, text }: Extract<Line, { type: 'item' }>): void {
    this.#endBlock();
    while ((this.#lists.at(-1) ?? -1) > indent) this.#lists.pop();
    const last = this.#lists.at(-1);
    if (last === undefined || indent > last + 1) this.#lists.push(indent);
    const level = this.#lists.length - 1;
    const margin = '  '.repeat(level);
    const task = /^\[([ xX])\]\s/.exec(text);
    const bullet = task === null ? bulletOf(mark, level) : task[1] === ' ' ? '☐' : '☑';
    const content = task === null ? text : text.slice(task[0].length);
    const inner = readLine(content);
    const first = `${margin}${bullet} `;
    if (inner.type === 'fence') {
      this.#write(first.trimEnd());
      return this.#beginCode(inner.fence, indent + mark.length + 1);
    }
    if (inner.type === 'display') {
      this.#write(first.trimEnd());
      return this.#beginDisplay(inner.closing, indent + mark.length + 1, content);
    }
    const lines = [inner.type === 'heading' ? inner.text : content];
    this.#paragraph = { lines, first, others: `${margin}  `, isItem: true };
  }

  #addUnderline(mayBeRule: boolean, typed: string): void {
    const paragraph = this.#paragraph;
    const [only, ...more] = paragraph?.lines ?? [];
    if (only === undefined || more.length > 0 || paragraph?.isItem === true)
      return mayBeRule ? this.#writeRule() : this.#addText(typed.trim(), 0);
    this.#paragraph = undefined;
    return this.#writeHeading(only);
  }

  /** Begins a table with the last line of the paragraph as its header; earlier lines stay a paragraph. */
  #beginTable(header: string): void {
    this.#paragraph?.lines.pop();
    this.#endBlock();
    this.#table = { header, rows: [] };
  }

  #beginCode(fence: string, indent: number): void {
    this.#endBlock();
    if (indent === 0) this.#lists = [];
    this.#write('');
    this.#code = { fence, isQuoted: this.#isQuoted, indent, lines: [] };
  }

  #addCode(code: Code, line: string): void {
    if (closesFence(line, code.fence)) this.#endCode(code);
    else code.lines.push(outdent(line, code.indent));
  }

  #endCode({ lines }: Code): void {
    this.#code = undefined;
    const from = lines.findIndex((line) => line.trim() !== '');
    const to = lines.findLastIndex((line) => line.trim() !== '');
    if (from >= 0) this.#write(disarmTags(lines.slice(from, to + 1).join('\n')));
    this.#write('');
  }

  #beginDisplay(closing: string, indent: number, typed: string): void {
    this.#endBlock();
    if (indent === 0) this.#lists = [];
    this.#display = { closing, indent, margin: '  '.repeat(this.#lists.length) };
    this.#writeDisplay(this.#display, typed);
  }

  #addDisplay(display: Display, typed: string): void {
    this.#writeDisplay(display, typed);
    if (typed.includes(display.closing)) this.#display = undefined;
  }

  #writeDisplay({ indent, margin }: Display, typed: string): void {
    this.#write(disarmTags(`${margin}${outdent(typed, indent)}`.trimEnd()));
  }

  #writeHeading(text: string): void {
    this.#endBlock();
    this.#lists = [];
    const title = this.#convert(text).trim();
    if (title !== '') this.#write(title.startsWith('【') ? title : `【${title}】`);
  }

  #writeRule(): void {
    this.#endBlock();
    this.#lists = [];
    this.#write(RULE);
  }

  #endBlock(): void {
    const paragraph = this.#paragraph;
    const table = this.#table;
    this.#paragraph = undefined;
    this.#table = undefined;
    this.#display = undefined;
    if (table !== undefined) for (const line of tableLines(table.header, table.rows)) this.#write(line);
    if (paragraph === undefined || paragraph.lines.length === 0) return;
    const text = this.#convert(paragraph.lines.join('\n'));
    for (const [index, line] of text.split('\n').entries())
      this.#write(`${index === 0 ? paragraph.first : paragraph.others}${line.trim()}`.trimEnd());
  }

  /** Writes a line or a block of code. Never writes two blank lines in a row. */
  #write(line: string): void {
    if (line === '' && this.#out.at(-1) === '') return;
    this.#out.push(
      this.#isQuoted && line !== '' ? QUOTE_MARK + line.replaceAll('\n', `\n${QUOTE_MARK}`) : line,
    );
  }
}

/** Removes the indent of a list from code in it. */
function outdent(line: string, columns: number): string {
  const blanks = line.length - line.trimStart().length;
  return line.slice(Math.min(blanks, columns));
}

/** Returns the bullet for a depth; a number stays as typed. */
function bulletOf(mark: string, level: number): string {
  return /\d/.test(mark) ? mark : (BULLETS[Math.min(level, BULLETS.length - 1)] ?? BULLETS[0]);
}
