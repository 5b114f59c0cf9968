import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { HttpFailure } from '../../ports/http-client.js';
import type { PublicDownload } from '../../ports/public-download.js';
import { contentTypeOf, formatOf, nameFor } from './file-format.js';
import type { MediaLimit } from './limits.js';
import { MediaRefused, MediaUnavailable } from './media-error.js';

/**
 * Where a file comes from. An address is fetched from the internet only: never from this machine or its network. The
 * name is what WeChat shows in its console; Chinese ones are fine.
 */
export type MediaSource =
  | { readonly path: string; readonly fileName?: string }
  | { readonly bytes: Uint8Array; readonly fileName?: string }
  | { readonly stream: AsyncIterable<Uint8Array | string>; readonly fileName?: string }
  | { readonly url: string; readonly fileName?: string };

/** A file in memory, found fit. */
export interface MediaFile {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly contentType: string;
}

const DOWNLOAD_MS = 20_000;

/**
 * Reads a file and holds it against its limit. All of it: its length has to be known before it is sent, and a call that
 * goes to a second host sends it twice.
 *
 * @throws MediaRefused · MediaUnavailable
 */
export async function readSource(
  source: MediaSource,
  limit: MediaLimit,
  deps: { readonly download: PublicDownload | undefined; readonly signal?: AbortSignal | undefined },
): Promise<MediaFile> {
  const { bytes, name, type } = await readBytes(source, limit.maxBytes, deps);
  if (bytes.byteLength === 0) throw new MediaRefused('the file is empty');
  if (bytes.byteLength > limit.maxBytes) throw tooLarge(bytes.byteLength, limit.maxBytes);
  const format = formatOf(bytes);
  // What is not recognized is left to WeChat's judgement.
  if (format !== undefined && !limit.formats.includes(format)) {
    throw new MediaRefused(`the file is ${format}; WeChat takes ${limit.formats.join(', ')} here`);
  }
  const known = format === undefined ? undefined : contentTypeOf(format);
  return {
    bytes,
    fileName: nameFor(format, source.fileName ?? name),
    contentType: known ?? type ?? 'application/octet-stream',
  };
}

interface Read {
  readonly bytes: Uint8Array;
  readonly name?: string | undefined;
  readonly type?: string | undefined;
}

async function readBytes(
  source: MediaSource,
  maxBytes: number,
  { download, signal }: { download: PublicDownload | undefined; signal?: AbortSignal | undefined },
): Promise<Read> {
  if ('bytes' in source) return { bytes: source.bytes };
  if ('path' in source) return readFile(source.path, maxBytes);
  if ('stream' in source) return { bytes: await collect(source.stream, maxBytes) };
  if (download === undefined) throw new MediaRefused('files are not fetched from addresses here');
  try {
    const limits = { maxBytes, timeoutMs: DOWNLOAD_MS, ...(signal !== undefined && { signal }) };
    const { bytes, contentType, fileName } = await download(source.url, limits);
    return { bytes, name: fileName, type: contentType };
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    if (error.kind === 'invalid-url' || error.kind === 'too-large') {
      throw new MediaRefused(`the file is not fetched: ${error.message}`);
    }
    throw new MediaUnavailable(`the file cannot be fetched: ${error.message}`, { mayComeBack: true });
  }
}

/** A pipe without a writer must not hold us up. */
const READ_ONLY = constants.O_RDONLY | constants.O_NONBLOCK;

async function readFile(path: string, maxBytes: number): Promise<Read> {
  try {
    const file = await open(path, READ_ONLY);
    try {
      const stats = await file.stat();
      // A device or a pipe may never end.
      if (!stats.isFile()) throw new MediaRefused(`${path} is no file`);
      if (stats.size > maxBytes) throw tooLarge(stats.size, maxBytes);
      return { bytes: await file.readFile(), name: basename(path) };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof MediaRefused) throw error;
    throw new MediaUnavailable(`the file ${path} cannot be read: ${codeOf(error)}`, { mayComeBack: false });
  }
}

async function collect(stream: AsyncIterable<Uint8Array | string>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += bytes.byteLength;
    if (size > maxBytes) throw tooLarge(size, maxBytes);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

const tooLarge = (bytes: number, maxBytes: number): MediaRefused =>
  new MediaRefused(`the file has ${bytes} bytes or more; WeChat takes at most ${maxBytes} here`);

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'failed';
