import { inlineToText } from './inline.js';

/** True if two lines begin a table: a row, and below it as many cells of dashes. */
export function beginsTable(header: string, below: string): boolean {
  if (!header.includes('|') || !below.includes('-') || !/^[|:\-\s]+$/.test(below)) return false;
  const dashes = cellsOf(below);
  return dashes.every((cell) => /^:?-+:?$/.test(cell)) && dashes.length === cellsOf(header).length;
}

/**
 * Converts a table to lines for a narrow screen: each row becomes a line of its first cell, then the other cells, each
 * after its column name. Omits empty cells.
 *
 * In:   the rows as typed, without the line of dashes.
 */
export function tableLines(header: string, rows: readonly string[]): string[] {
  const names = cellsOf(header).map(cellText);
  if (rows.length === 0) return [names.join(' | ')];
  return rows.map((row) => {
    const [first = '', ...others] = cellsOf(row).map(cellText);
    const named = others.map((cell, index) => [names[index + 1] ?? '', cell] as const);
    const told = named
      .filter(([, cell]) => cell !== '')
      .map(([name, cell]) => (name ? `${name}: ${cell}` : cell));
    return `• ${[first, ...told].filter((cell) => cell !== '').join(' | ')}`;
  });
}

const cellText = (cell: string): string => inlineToText(cell).replaceAll('\n', ' ').trim();

/** Splits `| a | b |` or `a | b` into cells; `\|` is not a border. */
function cellsOf(row: string): string[] {
  const cells: string[] = [];
  const line = row.trim();
  let from = line.startsWith('|') ? 1 : 0;
  for (let at = from; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (line[at] === '|') {
      cells.push(line.slice(from, at));
      from = at + 1;
    }
  }
  if (from < line.length) cells.push(line.slice(from));
  return cells.map((cell) => cell.replaceAll('\\|', '|').trim());
}
