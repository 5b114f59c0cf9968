import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const CELLS = 21;
const CELL_PX = 10;
const MARGIN = 2;

/** Draws black and white cells in a square, always the same for a text, in place of a QR code. */
export function patternPng(text: string): Buffer {
  const bits = createHash('sha512').update(text).digest();
  const side = (CELLS + 2 * MARGIN) * CELL_PX;
  const rows: Buffer[] = [];
  for (let y = 0; y < side; y += 1) {
    const row = Buffer.alloc(1 + side, 255);
    row[0] = 0; // no filter
    for (let x = 0; x < side; x += 1) {
      const [column, line] = [Math.floor(x / CELL_PX) - MARGIN, Math.floor(y / CELL_PX) - MARGIN];
      if (isDark(column, line, bits)) row[1 + x] = 0;
    }
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 0, 0, 0, 0], 8); // eight bits of grey
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function isDark(column: number, line: number, bits: Buffer): boolean {
  if (column < 0 || line < 0 || column >= CELLS || line >= CELLS) return false;
  for (const [left, top] of [
    [0, 0],
    [CELLS - 7, 0],
    [0, CELLS - 7],
  ] as const) {
    const ring = Math.max(Math.abs(column - left - 3), Math.abs(line - top - 3));
    if (ring <= 4) return ring === 3 || ring <= 1; // a finder's rings, and the quiet one around it
  }
  const at = column + line * CELLS;
  return (((bits[at % bits.length] ?? 0) >> (Math.floor(at / bits.length) % 8)) & 1) === 1;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([frame, body, sum]);
}
