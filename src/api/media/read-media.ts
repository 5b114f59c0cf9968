import type { HttpResponse } from '../../ports/http-client.js';
import { fileNameOf } from '../../protocol/content-disposition.js';
import {
  isSuccess,
  parseObject,
  readAnswer,
  unusable,
  type JsonObject,
  type ReadResponse,
} from '../response.js';

/** The file or the address behind a media id. */
export type FetchedMedia =
  | {
      readonly type: 'file';
      readonly bytes: Uint8Array;
      readonly contentType: string;
      readonly fileName?: string;
    }
  /** A video is returned as a short-lived address. */
  | { readonly type: 'video'; readonly url: string; readonly title?: string; readonly description?: string }
  | { readonly type: 'news'; readonly articles: readonly JsonObject[] };

/**
 * Distinguishes a file from an error or an object, whose content types vary. A JSON object with an error, an address or
 * articles is not a file; with a file name (Content-Disposition) only a complete error is not. Any other body is a
 * file, unless it is empty, a truncated error, or a page of a proxy.
 *
 * @throws ApiRefused · ApiUnreachable
 */
export const readMedia: ReadResponse<FetchedMedia> = (endpoint, response, accessPoint, secrets) => {
  const disposition = response.headers['content-disposition'];
  const isNamed = disposition !== undefined && isSuccess(response);
  const start = startOf(response);
  const object = OBJECT.test(start) ? parseObject(response.text) : undefined;
  if (object !== undefined && (isNamed ? isWholeError(object) : SPEAKING.some((name) => name in object))) {
    const media = readObject(readAnswer(endpoint, response, accessPoint, secrets));
    if (media === undefined) throw unusable(endpoint, response, accessPoint, 'neither file nor address');
    return media;
  }
  if (!isSuccess(response)) throw unusable(endpoint, response, accessPoint);
  if (response.bytes.byteLength === 0) throw unusable(endpoint, response, accessPoint, 'an empty body');
  if (object === undefined && ERROR.test(start))
    throw unusable(endpoint, response, accessPoint, 'half an error');
  if (!isNamed && (PAGE.test(start) || /^text\/html/i.test(response.headers['content-type'] ?? '')))
    throw unusable(endpoint, response, accessPoint, 'a page in place of a file');
  const fileName = fileNameOf(disposition);
  return {
    type: 'file',
    bytes: response.bytes,
    contentType: response.headers['content-type'] ?? 'application/octet-stream',
    ...(fileName !== undefined && { fileName }),
  };
};

const SPEAKING = ['errcode', 'video_url', 'down_url', 'news_item'];

const isWholeError = (object: JsonObject): boolean => 'errcode' in object && 'errmsg' in object;

/** Decodes only short bodies that begin with a brace: no picture does, and WeChat's objects are short. */
const OBJECT = /^\uFEFF?\s*\{/;
const ERROR = /^\uFEFF?\s*\{\s*"errcode"/;
const PAGE = /^\uFEFF?\s*<(?:!doctype\s+html|html)\b/i;

function startOf({ bytes }: HttpResponse): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 64)).toString('utf8');
}

function readObject(answer: JsonObject): FetchedMedia | undefined {
  const { title, description, news_item: articles } = answer;
  if (Array.isArray(articles)) return { type: 'news', articles: articles.filter(isObject) };
  const url = answer['video_url'] ?? answer['down_url'];
  if (typeof url !== 'string' || url === '') return undefined;
  return {
    type: 'video',
    url,
    ...(typeof title === 'string' && { title }),
    ...(typeof description === 'string' && { description }),
  };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
