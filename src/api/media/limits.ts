import type { FileFormat } from './file-format.js';

/** The use of a file. */
export type MediaKind = 'image' | 'voice' | 'video' | 'thumb';

export interface MediaLimit {
  readonly maxBytes: number;
  readonly formats: readonly FileFormat[];
}

const KB = 1_024;
const MB = 1_024 * KB;

/** Temporary media, three days. Source: 新增临时素材 ("图片（image）: 10M, …"). A voice lasts 60 s at most. */
export const TEMPORARY_LIMITS: Readonly<Record<MediaKind, MediaLimit>> = {
  image: { maxBytes: 10 * MB, formats: ['png', 'jpg', 'gif'] },
  voice: { maxBytes: 2 * MB, formats: ['amr', 'mp3'] },
  video: { maxBytes: 10 * MB, formats: ['mp4'] },
  thumb: { maxBytes: 64 * KB, formats: ['jpg'] },
};

/** Permanent material. Source: 新增永久素材. */
export const PERMANENT_LIMITS: Readonly<Record<MediaKind, MediaLimit>> = {
  image: { maxBytes: 10 * MB, formats: ['bmp', 'png', 'jpg', 'gif'] },
  voice: { maxBytes: 2 * MB, formats: ['mp3', 'wma', 'wav', 'amr'] },
  video: { maxBytes: 10 * MB, formats: ['mp4'] },
  thumb: { maxBytes: 64 * KB, formats: ['jpg'] },
};

/** Pictures inside articles. Source: 上传图文消息内的图片获取URL ("仅支持jpg/png格式，大小必须在1MB以下"). */
export const ARTICLE_IMAGE_LIMIT: MediaLimit = { maxBytes: MB - 1, formats: ['jpg', 'png'] };

/** Limit of a download. Our own; no kind comes near it. */
export const MAX_DOWNLOADED_BYTES = 32 * MB;
