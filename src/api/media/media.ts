import type { PublicDownload } from '../../ports/public-download.js';
import type { ApiRequest } from '../access-points/access-points.js';
import { ApiUnreachable } from '../api-error.js';
import type { ApiCallOptions } from '../call-options.js';
import { toRequestBody } from '../request-body.js';
import { readAnswer, type JsonObject, type ReadResponse } from '../response.js';
import {
  ARTICLE_IMAGE_LIMIT,
  MAX_DOWNLOADED_BYTES,
  PERMANENT_LIMITS,
  TEMPORARY_LIMITS,
  type MediaKind,
  type MediaLimit,
} from './limits.js';
import { readSource, type MediaFile, type MediaSource } from './media-source.js';
import { formWithFile } from './multipart.js';
import { readMedia, type FetchedMedia } from './read-media.js';

/** The parts of the client that media calls need. */
export interface MediaDeps {
  /**
   * Makes a call with the access token in its query and passes the answer to `read`. If `read` throws `ApiRefused` for
   * the token, repeats the call with the next one.
   */
  exchangeWithToken<T>(
    exchange: Omit<ApiRequest, 'signal'>,
    read: ReadResponse<T>,
    options: ApiCallOptions,
  ): Promise<T>;
  /** Downloads sources given by address. Absent: such are refused. */
  readonly download?: PublicDownload | undefined;
}

export interface UploadedMedia {
  readonly type: MediaKind;
  /** Valid for three days, for any number of messages. */
  readonly media_id: string;
  /** Unix seconds. */
  readonly created_at: number;
}

export interface AddedMaterial {
  readonly media_id: string;
  /** Address of an image; works inside WeChat only. */
  readonly url?: string;
}

/** Title and introduction of a permanent video. */
export interface VideoDescription {
  readonly title: string;
  readonly introduction: string;
}

export interface MaterialCounts {
  readonly voice_count: number;
  readonly video_count: number;
  readonly image_count: number;
  readonly news_count: number;
}

export interface MaterialPage {
  readonly total_count: number;
  readonly item_count: number;
  readonly item: readonly JsonObject[];
}

/**
 * Temporary media (临时素材) and permanent material (永久素材). Refuses files that WeChat would refuse for size or format,
 * before sending them.
 *
 * @throws MediaRefused · MediaUnavailable · errors of every call of the client
 */
export interface MediaApi {
  /** Uploads a file for three days. 新增临时素材, POST /cgi-bin/media/upload */
  upload(type: MediaKind, source: MediaSource, options?: ApiCallOptions): Promise<UploadedMedia>;
  /** Downloads a file, or reads the address of a video. 获取临时素材, GET /cgi-bin/media/get */
  get(mediaId: string, options?: ApiCallOptions): Promise<FetchedMedia>;
  /** A recording of the JS-SDK in good quality (speex, 16 kHz). 高清语音, GET /cgi-bin/media/get/jssdk */
  getRecording(mediaId: string, options?: ApiCallOptions): Promise<FetchedMedia>;
  /** Uploads a picture for the body of an article; it counts against no quota. POST /cgi-bin/media/uploadimg */
  uploadArticleImage(source: MediaSource, options?: ApiCallOptions): Promise<{ readonly url: string }>;
  /** Uploads a file permanently. A video needs a description. 新增永久素材, POST /cgi-bin/material/add_material */
  add(
    type: Exclude<MediaKind, 'video'>,
    source: MediaSource,
    options?: ApiCallOptions,
  ): Promise<AddedMaterial>;
  add(
    type: 'video',
    source: MediaSource,
    options: ApiCallOptions & { readonly description: VideoDescription },
  ): Promise<AddedMaterial>;
  /** A file, the address of a video, or articles. 获取永久素材, POST /cgi-bin/material/get_material */
  getMaterial(mediaId: string, options?: ApiCallOptions): Promise<FetchedMedia>;
  /** 删除永久素材, POST /cgi-bin/material/del_material */
  removeMaterial(mediaId: string, options?: ApiCallOptions): Promise<void>;
  /** 获取永久素材总数, GET /cgi-bin/material/get_materialcount */
  countMaterials(options?: ApiCallOptions): Promise<MaterialCounts>;
  /** One page of at most 20. 获取永久素材列表, POST /cgi-bin/material/batchget_material */
  listMaterials(
    request: {
      readonly type: 'image' | 'voice' | 'video' | 'news';
      readonly offset?: number;
      readonly count?: number;
    },
    options?: ApiCallOptions,
  ): Promise<MaterialPage>;
}

/** Time for ten megabytes over a slow line, to one host and to all. */
export const FILE_TIMES = { timeoutMs: 60_000, totalMs: 90_000 };
const TIMES = { timeoutMs: 10_000 };

type Call = Omit<ApiRequest, 'signal' | 'timeoutMs'>;

export function createMediaApi(deps: MediaDeps): MediaApi {
  const exchange = <T>(call: Call, read: ReadResponse<T>, options: ApiCallOptions) =>
    deps.exchangeWithToken({ ...(isBulky(call) ? FILE_TIMES : TIMES), ...call }, read, options);

  const fetched = (call: Call, options: ApiCallOptions) =>
    exchange({ ...call, maxBytes: MAX_DOWNLOADED_BYTES }, readMedia, options);

  const post = (path: string, body: object, options: ApiCallOptions, idempotent = true) =>
    exchange({ method: 'POST', path, body: toRequestBody(body), idempotent }, readAnswer, options);

  const fit = (source: MediaSource, limit: MediaLimit, { signal }: ApiCallOptions): Promise<MediaFile> =>
    readSource(source, limit, { download: deps.download, signal });

  async function send<T>(
    call: Pick<Call, 'path' | 'query' | 'idempotent'>,
    file: MediaFile,
    options: ApiCallOptions,
    read: (answer: JsonObject) => T | undefined,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const content = formWithFile({ field: 'media', ...file }, fields);
    const answer = await exchange({ method: 'POST', ...call, content }, readAnswer, options);
    const result = read(answer);
    if (result === undefined)
      throw new ApiUnreachable(call.path, 'the answer names no media', { sent: true });
    return result;
  }

  return {
    async upload(type, source, options = {}) {
      const file = await fit(source, TEMPORARY_LIMITS[type], options);
      const call = { path: '/cgi-bin/media/upload', query: { type }, idempotent: true };
      return send(call, file, options, (answer) => {
        const id = answer['media_id'] ?? answer['thumb_media_id'];
        if (typeof id !== 'string' || id === '') return undefined;
        return { type, media_id: id, created_at: Number(answer['created_at'] ?? 0) };
      });
    },
    get: (mediaId, options = {}) =>
      fetched(
        { method: 'GET', path: '/cgi-bin/media/get', query: { media_id: mediaId }, idempotent: true },
        options,
      ),
    getRecording: (mediaId, options = {}) =>
      fetched(
        { method: 'GET', path: '/cgi-bin/media/get/jssdk', query: { media_id: mediaId }, idempotent: true },
        options,
      ),
    async uploadArticleImage(source, options = {}) {
      const file = await fit(source, ARTICLE_IMAGE_LIMIT, options);
      const call = { path: '/cgi-bin/media/uploadimg', idempotent: true };
      return send(call, file, options, ({ url }) => (typeof url === 'string' ? { url } : undefined));
    },
    async add(
      type: MediaKind,
      source: MediaSource,
      options: ApiCallOptions & { readonly description?: VideoDescription } = {},
    ): Promise<AddedMaterial> {
      const { description, ...callOptions } = options;
      const file = await fit(source, PERMANENT_LIMITS[type], options);
      // A duplicate would count against the limit of 100,000.
      const call = { path: '/cgi-bin/material/add_material', query: { type }, idempotent: false };
      const fields = description === undefined ? {} : { description: toRequestBody(description) };
      const read = ({ media_id: id, url }: JsonObject): AddedMaterial | undefined =>
        typeof id === 'string' && id !== ''
          ? { media_id: id, ...(typeof url === 'string' && { url }) }
          : undefined;
      return send(call, file, callOptions, read, fields);
    },
    getMaterial: (mediaId, options = {}) =>
      fetched(
        {
          method: 'POST',
          path: '/cgi-bin/material/get_material',
          body: toRequestBody({ media_id: mediaId }),
          idempotent: true,
        },
        options,
      ),
    async removeMaterial(mediaId, options = {}) {
      await post('/cgi-bin/material/del_material', { media_id: mediaId }, options);
    },
    async countMaterials(options = {}) {
      const path = '/cgi-bin/material/get_materialcount';
      const answer = await exchange({ method: 'GET', path, idempotent: true }, readAnswer, options);
      const count = (name: string) => Number(answer[name] ?? 0);
      return {
        voice_count: count('voice_count'),
        video_count: count('video_count'),
        image_count: count('image_count'),
        news_count: count('news_count'),
      };
    },
    async listMaterials({ type, offset = 0, count = 20 }, options = {}) {
      const path = '/cgi-bin/material/batchget_material';
      const answer = await post(path, { type, offset, count }, options);
      const item = answer['item'];
      if (!Array.isArray(item)) throw new ApiUnreachable(path, 'the answer holds no item', { sent: true });
      return {
        total_count: Number(answer['total_count'] ?? 0),
        item_count: Number(answer['item_count'] ?? item.length),
        item,
      };
    },
  };
}

const isBulky = ({ content, maxBytes }: Call): boolean => content !== undefined || maxBytes !== undefined;
