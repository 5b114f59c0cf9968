import type { MediaKind } from '../api/media/limits.js';
import type { FileSource } from '../api/media/media-cache.js';
import {
  ReplyInvalid,
  type LateReply,
  type MusicReply,
  type ChannelOption,
  type Reply,
  type VideoReply,
} from '../protocol/reply.js';

/** A media id of WeChat's, or a file: its path, its bytes, or where on the internet it is. */
export type Media = string | FileSource;

/** A reply in which a file may stand where a media id belongs. It is uploaded once the handler has returned it. */
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

/** Makes a media id of a file. */
export type Upload = (kind: MediaKind, source: FileSource) => Promise<string>;

interface File {
  readonly field: 'mediaId' | 'thumbMediaId';
  readonly kind: MediaKind;
  readonly source: FileSource;
}

/** Where media ids stand, and what they are of. */
const places: { readonly [type: string]: readonly (readonly [File['field'], MediaKind])[] | undefined } = {
  image: [['mediaId', 'image']],
  voice: [['mediaId', 'voice']],
  video: [
    ['mediaId', 'video'],
    ['thumbMediaId', 'thumb'],
  ],
  music: [['thumbMediaId', 'thumb']],
};

/** The reply with media ids in place of its files, or at once the reply itself where it has none. @throws ReplyInvalid */
export function uploadFiles<R extends Reply>(reply: R | MediaReply, upload: Upload): R | Promise<LateReply> {
  const files = filesOf(reply);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it names no files
  if (files.length === 0) return reply as R;
  return Promise.all(files.map(({ kind, source }) => upload(kind, source))).then((ids) =>
    withIds(reply, files, (index) => ids[index] ?? ''),
  );
}

/** The reply as it will be, for those who look at the rest of it. @throws ReplyInvalid */
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
