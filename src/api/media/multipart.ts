import { randomBytes } from 'node:crypto';
import type { HttpContent } from '../../ports/http-client.js';

export interface FormFile {
  readonly field: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface FormText {
  readonly field: string;
  readonly text: string;
}

/** A `multipart/form-data` body of one file and some text fields, which come first. */
export function formWithFile(file: FormFile, fields: Readonly<Record<string, string>> = {}): HttpContent {
  return formOf([...Object.entries(fields).map(([field, text]) => ({ field, text })), file]);
}

/**
 * A `multipart/form-data` body. Names are raw UTF-8, as in browsers: WeChat does not support encoded ones
 * (`filename*=`).
 *
 * Source: HTML standard, "multipart form data" (what is escaped in names).
 */
export function formOf(parts: readonly (FormFile | FormText)[]): HttpContent {
  const boundary = `form-${randomBytes(18).toString('hex')}`;
  const pieces = parts.flatMap((part, index) => [
    Buffer.from(`${index === 0 ? '' : '\r\n'}--${boundary}\r\n${headOf(part)}\r\n\r\n`),
    'text' in part ? Buffer.from(part.text) : part.bytes,
  ]);
  const end = Buffer.from(`${parts.length === 0 ? '' : '\r\n'}--${boundary}--\r\n`);
  return { type: `multipart/form-data; boundary=${boundary}`, pieces: [...pieces, end] };
}

function headOf(part: FormFile | FormText): string {
  const name = `Content-Disposition: form-data; name="${escaped(part.field)}"`;
  if ('text' in part) return name;
  return (
    `${name}; filename="${escaped(part.fileName)}"\r\n` +
    `Content-Type: ${part.contentType.replace(/[^\x20-\x7e]/g, '')}`
  );
}

function escaped(name: string): string {
  return name.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22');
}
