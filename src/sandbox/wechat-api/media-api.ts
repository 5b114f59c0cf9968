import type { SandboxState } from '../sandbox-state.js';
import {
  jsonBody,
  OK,
  Refusal,
  textOf,
  type ApiRequest,
  type Endpoint,
  type JsonObject,
} from './endpoint.js';
import { multipart, type Part } from './multipart.js';

const MB = 1024 * 1024;
/** Largest file in bytes and the errcode beyond it, by type. */
const SIZES: Readonly<Record<string, readonly [bytes: number, errcode: number]>> = {
  image: [10 * MB, 40009],
  voice: [2 * MB, 40010],
  video: [10 * MB, 40011],
  thumb: [64 * 1024, 40012],
};

/** Temporary media (素材) and permanent material. */
export const MEDIA_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/media/upload',
    method: 'POST',
    right: 'material',
    daily: [100_000, 500],
    handle(request, state) {
      const { type, createdAtMs, id } = keep(request, state, false);
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
      // Of a video only the address is told.
      if (media.type === 'video') return { video_url: `${baseUrl}/video/${id}` };
      return { file: media.bytes, contentType: media.contentType, fileName: media.fileName };
    },
  },
  {
    path: '/cgi-bin/media/uploadimg',
    method: 'POST',
    right: 'material',
    handle(request, state) {
      const media = keep(request, state, true, 'image');
      return { url: `http://mmbiz.qpic.cn/mmbiz_jpg/${media.id}/0` };
    },
  },
  {
    path: '/cgi-bin/material/add_material',
    method: 'POST',
    right: 'material',
    daily: [1_000, 100],
    handle(request, state) {
      const { id, type } = keep(request, state, true);
      return type === 'image'
        ? { media_id: id, url: `http://mmbiz.qpic.cn/mmbiz_jpg/${id}/0` }
        : { media_id: id };
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
          down_url: `${request.baseUrl}/video/${media.id}`,
        };
      }
      return { file: media.bytes, contentType: media.contentType, fileName: media.fileName };
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

function listed({
  id,
  fileName,
  createdAtMs,
}: {
  id: string;
  fileName: string;
  createdAtMs: number;
}): JsonObject {
  return { media_id: id, name: fileName, update_time: Math.floor(createdAtMs / 1000) };
}

/** Takes the file field `media` out of the form and keeps it. @throws Refusal */
function keep(request: ApiRequest, state: SandboxState, permanent: boolean, fixedType?: string) {
  const type = fixedType ?? request.query['type'] ?? '';
  const size = SIZES[type];
  if (size === undefined) throw new Refusal(40004);
  const parts = multipart(request.headers['content-type'] ?? '', request.raw);
  const file = parts.find(({ name, fileName }) => name === 'media' && fileName !== undefined);
  if (file === undefined) throw new Refusal(41005);
  if (file.bytes.length === 0) throw new Refusal(44001);
  if (file.bytes.length > size[0]) throw new Refusal(size[1]);
  const about = describe(parts);
  return state.media.keep(
    {
      type,
      fileName: file.fileName ?? 'media',
      contentType: file.contentType ?? 'application/octet-stream',
      bytes: file.bytes,
      title: textOf(about, 'title'),
      introduction: textOf(about, 'introduction'),
    },
    permanent,
  );
}

/** A video brings its title in a form field of its own. */
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
