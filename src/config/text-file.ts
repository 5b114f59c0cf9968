import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { AppError } from '../protocol/app-error.js';

/** A text file in another encoding, such as GBK or UTF-16: nothing of it was used. */
export class TextNotUtf8 extends AppError {
  readonly code = 'text_not_utf8';
}

/** Reads a text file as `decodeText` does. @throws what `readFileSync` throws @throws TextNotUtf8 */
export const readTextFile = (path: string): string => decodeText(readFileSync(path));

/** The text of bytes in UTF-8, without the byte order mark that some editors put at its beginning. @throws TextNotUtf8 */
export const decodeText = (bytes: Uint8Array): string => decodeExactly(bytes).replace(/^\uFEFF/, '');

/** The text of bytes in UTF-8, a byte order mark included. @throws TextNotUtf8  its message goes on after the file's name */
export function decodeExactly(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mark = buffer.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') throw new TextNotUtf8('is UTF-16: save it as UTF-8');
  if (!isUtf8(buffer))
    throw new TextNotUtf8(`is not UTF-8 in line ${firstForeignLine(buffer)}, perhaps GBK: save it as UTF-8`);
  return buffer.toString('utf8');
}

/** Why a text file could not be read: goes on after its name. */
export function whyUnreadable(error: unknown): string {
  if (error instanceof TextNotUtf8) return error.message;
  return `cannot be read (${hasCode(error) ? error.code : error instanceof Error ? error.name : String(error)})`;
}

const hasCode = (error: unknown): error is { readonly code: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string';

/** In UTF-8 the byte of a line feed is part of no other character, so each line can be looked at alone. */
function firstForeignLine(buffer: Buffer): number {
  let line = 1;
  for (let start = 0; start < buffer.length; line += 1) {
    const end = buffer.indexOf(0x0a, start) >>> 0;
    if (!isUtf8(buffer.subarray(start, end))) break;
    start = end + 1;
  }
  return line;
}
