import { randomBytes } from 'node:crypto';
import type { HttpContent } from '../../ports/http-client.js';

export interface FormFile {
  readonly field: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/**
 * A `multipart/form-data` body of one file and some text fields. Names travel as raw UTF-8, as browsers send them: an
 * encoded one (`filename*=`) is not understood by WeChat.
 *
 * Source: HTML standard, "multipart form data" (what is escaped in names).
 */
export function formWithFile(file: FormFile, fields: Readonly<Record<string, string>> = {}): HttpContent {
  const boundary = `form-${randomBytes(18).toString('hex')}`;
  const texts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"\r\n\r\n${value}\r\n`,
  );
  const head =
    `${texts.join('')}--${boundary}\r\n` +
    `Content-Disposition: form-data; name="${escaped(file.field)}"; filename="${escaped(file.fileName)}"\r\n` +
    `Content-Type: ${file.contentType.replace(/[^\x20-\x7e]/g, '')}\r\n\r\n`;
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    pieces: [Buffer.from(head), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)],
  };
}

function escaped(name: string): string {
  return name.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22');
}
