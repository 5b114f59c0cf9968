import type { Limits } from './limits.js';

/**
 * A button of the custom menu: an action, or a sub-menu of up to five actions.
 *
 * @example
 * const button: MenuButton = { name: '天气', type: 'click', key: 'weather' };
 */
export type MenuButton =
  ActingButton | { readonly name: string; readonly sub_button: readonly ActingButton[] };

export type ActingButton = { readonly name: string } & (
  | {
      /** Sends an event with `key`; the `pic_*` and `location_select` ones a message as well. */
      readonly type:
        | 'click'
        | 'scancode_push'
        | 'scancode_waitmsg'
        | 'pic_sysphoto'
        | 'pic_photo_or_album'
        | 'pic_weixin'
        | 'location_select';
      readonly key: string;
    }
  | { readonly type: 'view'; readonly url: string }
  /** Sends permanent material; no event. */
  | { readonly type: 'media_id' | 'view_limited'; readonly media_id: string }
  | { readonly type: 'article_id' | 'article_view_limited'; readonly article_id: string }
  /** A linked mini program (45064), its AppID in lower case; `url` for clients that cannot. */
  | { readonly type: 'miniprogram'; readonly appid: string; readonly pagepath: string; readonly url: string }
);

/** A button in WeChat's answer: absent lists are empty lists. */
export interface KnownButton {
  readonly name: string;
  readonly type?: string;
  readonly key?: string;
  readonly url?: string;
  readonly media_id?: string;
  readonly article_id?: string;
  readonly appid?: string;
  readonly pagepath?: string;
  readonly sub_button?: readonly KnownButton[];
}

/**
 * Limits of a menu, because WeChat answers 40016 to 40027 without naming the button. The screen cuts names after 4 and
 * 8 characters.
 */
export const MENU_LIMITS: Limits = {
  button: { items: [1, 3] },
  'button[].name': { bytes: [1, 16] },
  'button[].key': { bytes: [1, 128] },
  'button[].url': { bytes: [1, 1_024] },
  'button[].sub_button': { items: [0, 5] },
  'button[].sub_button[].name': { bytes: [1, 60] },
  'button[].sub_button[].key': { bytes: [1, 128] },
  'button[].sub_button[].url': { bytes: [1, 1_024] },
};
