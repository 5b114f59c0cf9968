import type { MenuButton } from '../types/types.js';
import { asObject, listOf, Refusal, textOf, type JsonObject } from './endpoint.js';

/** Required fields, by button type. */
const NEEDS: Readonly<Record<string, readonly (keyof MenuButton)[]>> = {
  click: ['key'],
  view: ['url'],
  scancode_push: ['key'],
  scancode_waitmsg: ['key'],
  pic_sysphoto: ['key'],
  pic_photo_or_album: ['key'],
  pic_weixin: ['key'],
  location_select: ['key'],
  media_id: ['media_id'],
  view_limited: ['media_id'],
  article_id: ['article_id'],
  article_view_limited: ['article_id'],
  miniprogram: ['appid', 'pagepath', 'url'],
};

/** The errcodes of one level of the menu. */
const CODES = {
  top: { count: 40016, type: 40017, name: 40018, key: 40019, url: 40020, media: 40117 },
  sub: { count: 40023, type: 40024, name: 40025, key: 40026, url: 40027, media: 40118 },
} as const;
const NAME_BYTES = { top: 16, sub: 60 };
const MOST = { top: 3, sub: 5 };

/** The account's materials and articles, which a button may name. */
export interface MenuLinks {
  isMaterial(mediaId: string): boolean;
  isLinked(appId: string): boolean;
}

/** Reads and checks a menu as the platform does. @throws Refusal @see "自定义菜单" */
export function readMenu(body: JsonObject, links: MenuLinks): readonly MenuButton[] {
  return readLevel(listOf(body, 'button').map(asObject), 'top', links);
}

function readLevel(
  buttons: readonly JsonObject[],
  level: 'top' | 'sub',
  links: MenuLinks,
): readonly MenuButton[] {
  if (buttons.length < 1 || buttons.length > MOST[level]) throw new Refusal(CODES[level].count);
  return buttons.map((button) => readButton(button, level, links));
}

function readButton(button: JsonObject, level: 'top' | 'sub', links: MenuLinks): MenuButton {
  const codes = CODES[level];
  const name = textOf(button, 'name');
  if (name === '' || Buffer.byteLength(name) > NAME_BYTES[level]) throw new Refusal(codes.name);
  const subs = listOf(button, 'sub_button').map(asObject);
  if (subs.length > 0) {
    if (level === 'sub') throw new Refusal(40022);
    return { name, sub_button: readLevel(subs, 'sub', links) };
  }
  const type = textOf(button, 'type');
  const needs = NEEDS[type];
  if (needs === undefined) throw new Refusal(codes.type);
  const values = Object.fromEntries(needs.map((need) => [need, textOf(button, need)]));
  const bytes = (need: string): number => Buffer.byteLength(values[need] ?? '');
  for (const need of needs) {
    if (need === 'key' && (bytes(need) < 1 || bytes(need) > 128)) throw new Refusal(codes.key);
    if (need === 'url' && (bytes(need) < 1 || bytes(need) > 1_024)) throw new Refusal(codes.url);
    if (bytes(need) < 1) throw new Refusal(need === 'media_id' ? codes.media : 41011);
  }
  const { url, media_id: mediaId, appid } = values;
  if (url !== undefined && !/^https?:\/\/./i.test(url)) throw new Refusal(40055);
  if (mediaId !== undefined && !links.isMaterial(mediaId)) throw new Refusal(40007);
  if (appid !== undefined && !links.isLinked(appid)) throw new Refusal(45064);
  return { name, type, ...values };
}
