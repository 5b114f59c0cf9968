import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { HttpFailure } from '../../ports/http-client.js';
import type { PublicDownload } from '../../ports/public-download.js';
import { contentTypeOf, formatOf, nameFor } from './file-format.js';
import type { MediaLimit } from './limits.js';
import { MediaRefused, MediaUnavailable } from './media-error.js';

/**
 * The source of a file. An address must be on the internet, never on this machine or its network. WeChat shows the name
 * in its console; Chinese names are fine.
 *
 * @example
 * const source: MediaSource = { url: 'https://example.com/map.png', fileName: '地图.png' };
 */
export type MediaSource =
  | { readonly path: string; readonly fileName?: string }
  | { readonly bytes: Uint8Array; readonly fileName?: string }
  | { readonly stream: AsyncIterable<Uint8Array | string>; readonly fileName?: string }
  | { readonly url: string; readonly fileName?: string };

/** A checked file in memory. */
export interface MediaFile {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly contentType: string;
}

const DOWNLOAD_MS = 20_000;

/**
 * Reads a whole file and checks its limit. It must be complete before the send, because its length is sent first, and a
 * retry at another host sends it again.
 *
 * @throws MediaRefused · MediaUnavailable
 */
export async function readSource(
  source: MediaSource,
  limit: MediaLimit,
  deps: { readonly download: PublicDownload | undefined; readonly signal?: AbortSignal | undefined },
): Promise<MediaFile> {
  const { bytes, name, type } = await readBytes(source, limit.maxBytes, deps);
  if (bytes.byteLength === 0) throw new MediaRefused({ en: 'the file is empty', zh: '文件是空的' });
  if (bytes.byteLength > limit.maxBytes) throw tooLarge(bytes.byteLength, limit.maxBytes);
  const format = formatOf(bytes);
  // An unknown format is sent: WeChat decides.
  if (format !== undefined && !limit.formats.includes(format)) {
    throw new MediaRefused({
      en: `the file is ${format}; WeChat takes ${limit.formats.join(', ')} here`,
      zh: `文件格式是 ${format}；微信在这里接受 ${limit.formats.join('、')}`,
    });
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
  if (download === undefined)
    throw new MediaRefused({
      en: 'files are not fetched from addresses here',
      zh: '这里不从网址下载文件',
    });
  try {
    const limits = { maxBytes, timeoutMs: DOWNLOAD_MS, ...(signal !== undefined && { signal }) };
    const { bytes, contentType, fileName } = await download(source.url, limits);
    return { bytes, name: fileName, type: contentType };
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    if (error.kind === 'invalid-url' || error.kind === 'too-large') {
      throw new MediaRefused({
        en: `the file is not fetched: ${error.message}`,
        zh: `没有下载文件：“${error.message}”`,
      });
    }
    throw new MediaUnavailable(
      { en: `the file cannot be fetched: ${error.message}`, zh: `文件下载失败：“${error.message}”` },
      { mayComeBack: true },
    );
  }
}

/** Does not block on a pipe without a writer. */
const READ_ONLY = constants.O_RDONLY | constants.O_NONBLOCK;

async function readFile(path: string, maxBytes: number): Promise<Read> {
  try {
    const file = await open(path, READ_ONLY);
    try {
      const stats = await file.stat();
      // A device or a pipe may never end.
      if (!stats.isFile()) throw new MediaRefused({ en: `${path} is not a file`, zh: `${path} 不是文件` });
      if (stats.size > maxBytes) throw tooLarge(stats.size, maxBytes);
      return { bytes: await file.readFile(), name: basename(path) };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof MediaRefused) throw error;
    throw new MediaUnavailable(
      {
        en: `the file ${path} cannot be read: ${codeOf(error)}`,
        zh: `文件 ${path} 读取失败：${codeOf(error)}`,
      },
      { mayComeBack: false },
    );
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
  new MediaRefused({
    en: `the file has ${bytes} bytes or more; WeChat takes at most ${maxBytes} here`,
    zh: `文件至少有 ${bytes} 字节；微信在这里最多接受 ${maxBytes} 字节`,
  });

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'failed';
