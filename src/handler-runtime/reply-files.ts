import { dirname, isAbsolute, resolve } from 'node:path';
import type { MediaKind } from '../api/media/limits.js';
import type { FileSource } from '../api/media/media-cache.js';
import { definitionSiteOf } from './definition-site.js';
import {
  ReplyInvalid,
  type LateReply,
  type MusicReply,
  type ChannelOption,
  type Reply,
  type VideoReply,
} from '../protocol/reply.js';

/**
 * A media id of WeChat's, or a file: its path, its bytes or its URL.
 * A relative path begins at the directory of the handler's file.
 *
 * @example
 * const picture: Media = { path: './pictures/map.png' };
 */
export type Media = string | FileSource;

/**
 * A reply that may have a file instead of a media id. The file is uploaded once the handler has returned the reply.
 *
 * @example
 * const map: MediaReply = { type: 'image', mediaId: { path: './pictures/map.png' } };
 */
export type MediaReply = (
  | { readonly type: 'image'; readonly mediaId: Media }
  | { readonly type: 'voice'; readonly mediaId: Media }
  | (Omit<VideoReply, 'mediaId' | 'thumbMediaId'> & {
      readonly mediaId: Media;
      readonly thumbMediaId?: Media;
    })
  | (Omit<MusicReply, 'thumbMediaId'> & { readonly thumbMediaId: Media })
) &
  ChannelOption;

/** Uploads a file and returns its media id. */
export type Upload = (kind: MediaKind, source: FileSource) => Promise<string>;

interface File {
  readonly field: 'mediaId' | 'thumbMediaId';
  readonly kind: MediaKind;
  readonly source: FileSource;
}

/** The fields of each reply type that hold a media id, with the kind of medium. */
const places: { readonly [type: string]: readonly (readonly [File['field'], MediaKind])[] | undefined } = {
  image: [['mediaId', 'image']],
  voice: [['mediaId', 'voice']],
  video: [
    ['mediaId', 'video'],
    ['thumbMediaId', 'thumb'],
  ],
  music: [['thumbMediaId', 'thumb']],
};

/** Replaces the files of a reply by media ids. Returns a reply without files synchronously. @throws ReplyInvalid */
export function uploadFiles<R extends Reply>(reply: R | MediaReply, upload: Upload): R | Promise<LateReply> {
  const files = filesOf(reply);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it names no files
  if (files.length === 0) return reply as R;
  return Promise.all(files.map(({ kind, source }) => upload(kind, source))).then((ids) =>
    withIds(reply, files, (index) => ids[index] ?? ''),
  );
}

/** The file of a handler, or its name where it was handed over by the program, and its module. */
export interface HandlerFile {
  readonly file: string;
  readonly module: object;
}

/** Places a file with a relative path beside the file of its handler, wherever the server was started. */
export function besideHandler(source: FileSource, { file, module }: HandlerFile): FileSource {
  if (!('path' in source) || isAbsolute(source.path)) return source;
  const beside = isAbsolute(file) ? file : definitionSiteOf(module);
  return { ...source, path: resolve(beside === undefined ? '.' : dirname(beside), source.path) };
}

/** Returns the reply with placeholders for media ids, to check the rest of it. @throws ReplyInvalid */
export function asUploaded<R extends Reply>(reply: R | MediaReply): R | LateReply {
  const files = filesOf(reply);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it names no files
  return files.length === 0 ? (reply as R) : withIds(reply, files, () => 'not uploaded yet');
}

function withIds(
  reply: Reply | MediaReply,
  files: readonly File[],
  idOf: (index: number) => string,
): LateReply {
  const ids = files.map(({ field }, index) => [field, idOf(index)]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every file is replaced by an id
  return { ...reply, ...Object.fromEntries(ids) } as LateReply;
}

function filesOf(reply: Reply | MediaReply): readonly File[] {
  const files: File[] = [];
  for (const [field, kind] of places[reply.type] ?? []) {
    const source: unknown = Reflect.get(reply, field);
    if (typeof source !== 'object' || source === null) continue;
    if (!isFile(source))
      throw new ReplyInvalid(
        `A reply of type ${reply.type} has a ${field} that is neither a media id nor a file: give { path }, { bytes, fileName } or { url }`,
      );
    files.push({ field, kind, source });
  }
  return files;
}

function isFile(value: object): value is FileSource {
  if ('bytes' in value) return value.bytes instanceof Uint8Array;
  const place = 'path' in value ? value.path : 'url' in value ? value.url : undefined;
  return typeof place === 'string' && place !== '';
}
