import type { Media } from '../state/media.js';
import {
  jsonBody,
  OK,
  Refusal,
  textOf,
  type ApiAnswer,
  type ApiRequest,
  type Endpoint,
  type JsonObject,
} from './endpoint.js';
import { ARTICLE_PICTURE, checkMedia, PERMANENT, TEMPORARY, type MediaForm } from './media-check.js';
import { multipart, type Part } from './multipart.js';

/** Temporary media (素材) and permanent material. */
export const MEDIA_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/media/upload',
    method: 'POST',
    right: 'material',
    daily: [100_000, 500],
    handle(request, state) {
      const type = request.query['type'] ?? '';
      const { createdAtMs, id } = state.media.keep(
        { type, ...readForm(request, TEMPORARY[type]) },
        'temporary',
      );
      const name = type === 'thumb' ? 'thumb_media_id' : 'media_id';
      return { type, [name]: id, created_at: Math.floor(createdAtMs / 1000) };
    },
  },
  {
    path: '/cgi-bin/media/get',
    method: 'GET',
    right: 'material',
    daily: [200_000, 1_000],
    handle({ query, baseUrl }, state) {
      const id = query['media_id'] ?? '';
      if (id === '') throw new Refusal(41006);
      const media = state.media.get(id);
      if (media === undefined) throw new Refusal(40007);
      // A video is returned as its address.
      if (media.type === 'video') return { video_url: videoUrl(baseUrl, id) };
      return fileOf(media);
    },
  },
  {
    // Belongs to a host of its own, and needs no token.
    path: '/connect/video',
    method: 'GET',
    token: false,
    handle({ query }, state) {
      const media = state.media.get(query['media_id'] ?? '');
      return media?.type === 'video' ? fileOf(media) : { status: 404 };
    },
  },
  {
    path: '/cgi-bin/media/uploadimg',
    method: 'POST',
    right: 'material',
    handle(request, state) {
      const media = state.media.keep({ type: 'image', ...readForm(request, ARTICLE_PICTURE) }, 'in-article');
      return { url: pictureUrl(media.id) };
    },
  },
  {
    path: '/cgi-bin/material/add_material',
    method: 'POST',
    right: 'material',
    daily: [1_000, 100],
    handle(request, state) {
      const type = request.query['type'] ?? '';
      const { id } = state.media.keep({ type, ...readForm(request, PERMANENT[type]) }, 'permanent');
      return type === 'image' ? { media_id: id, url: pictureUrl(id) } : { media_id: id };
    },
  },
  {
    path: '/cgi-bin/material/get_material',
    method: 'POST',
    right: 'material',
    handle(request, state) {
      const media = state.media.get(textOf(jsonBody(request), 'media_id'));
      if (media === undefined) throw new Refusal(40007);
      if (media.type === 'video') {
        return {
          title: media.title,
          description: media.introduction,
          down_url: videoUrl(request.baseUrl, media.id),
        };
      }
      return fileOf(media);
    },
  },
  {
    path: '/cgi-bin/material/del_material',
    method: 'POST',
    right: 'material',
    handle(request, state) {
      if (!state.media.remove(textOf(jsonBody(request), 'media_id'))) throw new Refusal(40007);
      return OK;
    },
  },
  {
    path: '/cgi-bin/material/get_materialcount',
    method: 'GET',
    right: 'material',
    handle(_request, state) {
      const count = (type: string): number =>
        state.media.permanent().filter((one) => one.type === type).length;
      return {
        voice_count: count('voice'),
        video_count: count('video'),
        image_count: count('image'),
        news_count: 0,
      };
    },
  },
  {
    path: '/cgi-bin/material/batchget_material',
    method: 'POST',
    right: 'material',
    handle(request, state) {
      const body = jsonBody(request);
      const all = state.media.permanent().filter(({ type }) => type === textOf(body, 'type'));
      const offset = Number(body['offset'] ?? 0);
      const item = all.slice(offset, offset + Math.min(20, Number(body['count'] ?? 20)));
      return { total_count: all.length, item_count: item.length, item: item.map(listed) };
    },
  },
];

const fileOf = ({ bytes, contentType, fileName }: Media): ApiAnswer => ({
  file: bytes,
  contentType,
  fileName,
});

const pictureUrl = (id: string): string => `http://mmbiz.qpic.cn/mmbiz_jpg/${id}/0`;

const videoUrl = (baseUrl: string, id: string): string =>
  `${baseUrl}/connect/video?media_id=${encodeURIComponent(id)}`;

const listed = ({ id, type, fileName, createdAtMs }: Media): JsonObject => ({
  media_id: id,
  name: fileName,
  update_time: Math.floor(createdAtMs / 1000),
  ...(type === 'image' && { url: pictureUrl(id) }),
});

/** Reads and checks the file field `media` of the form. @throws Refusal */
function readForm(request: ApiRequest, form: MediaForm | undefined) {
  if (form === undefined) throw new Refusal(40004);
  const parts = multipart(request.headers['content-type'] ?? '', request.raw);
  const file = parts.find(({ name, fileName }) => name === 'media' && fileName !== undefined);
  if (file?.fileName === undefined) throw new Refusal(41005);
  checkMedia(file.bytes, file.fileName, form);
  const about = describe(parts);
  return {
    fileName: file.fileName,
    contentType: file.contentType ?? 'application/octet-stream',
    bytes: file.bytes,
    title: textOf(about, 'title'),
    introduction: textOf(about, 'introduction'),
  };
}

/** Reads the title of a video, which is in a form field of its own. */
function describe(parts: readonly Part[]): JsonObject {
  const field = parts.find(({ name }) => name === 'description');
  if (field === undefined) return {};
  try {
    const about: JsonObject = JSON.parse(field.bytes.toString('utf8'));
    return about;
  } catch {
    throw new Refusal(47001);
  }
}
