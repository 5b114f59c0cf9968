import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { AppError } from '../protocol/app-error.js';
import type { Words } from '../protocol/words.js';

/** A text file has another encoding, such as GBK or UTF-16. It was not used. */
export class TextNotUtf8 extends AppError {
  readonly code = 'text_not_utf8';
}

/** Reads a text file as `decodeText` does. @throws errors of `readFileSync` @throws TextNotUtf8 */
export const readTextFile = (path: string): string => decodeText(readFileSync(path));

/** Decodes UTF-8, without the byte order mark that some editors write. @throws TextNotUtf8 */
export const decodeText = (bytes: Uint8Array): string => decodeExactly(bytes).replace(/^\uFEFF/, '');

/** Decodes UTF-8, including a byte order mark. @throws TextNotUtf8  its message follows the file's name */
export function decodeExactly(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mark = buffer.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff')
    throw new TextNotUtf8({ en: 'is UTF-16: save it as UTF-8', zh: '是 UTF-16 编码，要另存为 UTF-8' });
  if (!isUtf8(buffer)) {
    const line = firstForeignLine(buffer);
    throw new TextNotUtf8({
      en: `is not UTF-8 in line ${line}, perhaps GBK: save it as UTF-8`,
      zh: `第 ${line} 行不是 UTF-8 编码，可能是 GBK，要另存为 UTF-8`,
    });
  }
  return buffer.toString('utf8');
}

/** Explains why a text file could not be read; follows the file's name. */
export function whyUnreadable(error: unknown): Words {
  if (error instanceof TextNotUtf8) return { en: error.messageIn('en'), zh: error.messageIn('zh') };
  const code = hasCode(error) ? error.code : error instanceof Error ? error.name : String(error);
  return { en: `cannot be read (${code})`, zh: `无法读取（${code}）` };
}

const hasCode = (error: unknown): error is { readonly code: string } =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';

/**
 * Finds the first line that is not UTF-8. A line feed byte is part of no other character, so each line can be checked
 * alone.
 */
function firstForeignLine(buffer: Buffer): number {
  let line = 1;
  for (let start = 0; start < buffer.length; line += 1) {
    const end = buffer.indexOf(0x0a, start) >>> 0;
    if (!isUtf8(buffer.subarray(start, end))) break;
    start = end + 1;
  }
  return line;
}
