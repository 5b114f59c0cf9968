import { randomBytes } from 'node:crypto';
import { patternPng } from '../state/pattern-png.js';
import type { SandboxState } from '../sandbox-state.js';
import { jsonBody, objectOf, OK, Refusal, textOf, type Endpoint, type JsonObject } from './endpoint.js';

const MOST_SECONDS = 2_592_000;
const DEFAULT_SECONDS = 60;

/** QR codes with parameters (带参数二维码), and long data behind short keys. */
export const QRCODE_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/qrcode/create',
    method: 'POST',
    right: 'qrcode',
    daily: [100_000, 10_000],
    handle(request, state) {
      const body = jsonBody(request);
      const action = textOf(body, 'action_name');
      if (!/^QR_(LIMIT_)?(STR_)?SCENE$/.test(action)) throw new Refusal(40052);
      const scene = sceneOf(action, objectOf(objectOf(body, 'action_info'), 'scene'));
      if (action.startsWith('QR_LIMIT')) return state.qrCodes.create(scene, undefined);
      const seconds = Number(body['expire_seconds'] ?? DEFAULT_SECONDS);
      if (!(seconds > 0 && seconds <= MOST_SECONDS)) throw new Refusal(40053);
      const { ticket, url } = state.qrCodes.create(scene, seconds);
      return { ticket, expire_seconds: seconds, url };
    },
  },
  {
    // Belongs to mp.weixin.qq.com, and is the only endpoint that reports a failure by HTTP status.
    path: '/cgi-bin/showqrcode',
    method: 'GET',
    token: false,
    handle({ query }, state) {
      const ticket = query['ticket'] ?? '';
      if (state.qrCodes.sceneOf(ticket) === undefined) return { status: 404 };
      return { file: patternPng(ticket), contentType: 'image/png' };
    },
  },
  {
    path: '/cgi-bin/shorten/gen',
    method: 'POST',
    right: 'qrcode',
    daily: [10_000],
    handle(request, state) {
      const body = jsonBody(request);
      const data = textOf(body, 'long_data');
      if (Buffer.byteLength(data) > 4_096) throw new Refusal(9410010);
      const seconds = Number(body['expire_seconds'] ?? MOST_SECONDS);
      if (!(seconds > 0 && seconds <= MOST_SECONDS)) throw new Refusal(9410011);
      const key = randomBytes(12).toString('base64').replace(/[+/=]/g, 'x').slice(0, 15);
      keysOf(state).set(key, { data, createdAtMs: state.clock.now(), seconds });
      return { ...OK, short_key: key };
    },
  },
  {
    path: '/cgi-bin/shorten/fetch',
    method: 'POST',
    right: 'qrcode',
    daily: [10_000],
    handle(request, state): JsonObject {
      const kept = keysOf(state).get(textOf(jsonBody(request), 'short_key'));
      const left = kept === undefined ? 0 : kept.seconds - (state.clock.now() - kept.createdAtMs) / 1_000;
      if (kept === undefined || left <= 0) throw new Refusal(9410012);
      const create_time = Math.floor(kept.createdAtMs / 1_000);
      return { ...OK, long_data: kept.data, create_time, expire_seconds: Math.floor(left) };
    },
  },
];

type ShortKeys = Map<string, { data: string; createdAtMs: number; seconds: number }>;
const shortKeys = new WeakMap<SandboxState, ShortKeys>();

function keysOf(state: SandboxState): ShortKeys {
  const keys: ShortKeys = shortKeys.get(state) ?? new Map();
  shortKeys.set(state, keys);
  return keys;
}

function sceneOf(action: string, scene: JsonObject): string {
  if (action.includes('STR')) {
    const text = textOf(scene, 'scene_str');
    const length = Array.from(text).length;
    if (length < 1 || length > 64) throw new Refusal(40053);
    return text;
  }
  const id = Number(scene['scene_id']);
  const most = action.startsWith('QR_LIMIT') ? 100_000 : 4_294_967_295;
  if (!Number.isInteger(id) || id < 1 || id > most) throw new Refusal(40053);
  return String(id);
}
