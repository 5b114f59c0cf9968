import { endpoint, type CallExecutor } from './endpoint.js';
import { MENU_LIMITS, type KnownButton, type MenuButton } from './menu-button.js';

/** Selects the users who see a conditional menu. Rules by sex, place and language were removed (65320). */
export interface MatchRule {
  /** Id of a tag, as text. */
  readonly tag_id?: string;
  /** 1 iOS, 2 Android, 3 others. */
  readonly client_platform_type?: string;
}

export interface KnownMenus {
  readonly menu: { readonly button: readonly KnownButton[]; readonly menuid?: string };
  /** Newest first, which is the order of matching. */
  readonly conditionalmenu?: readonly {
    readonly button: readonly KnownButton[];
    readonly matchrule: MatchRule & { readonly group_id?: string };
    readonly menuid: string;
  }[];
}

/** A button made in the console may have a type of its own, `value` and `news_info` included. */
export interface ConsoleButton {
  readonly name: string;
  readonly type?: string;
  readonly key?: string;
  readonly url?: string;
  readonly value?: string;
  readonly news_info?: { readonly list: readonly object[] };
  /** Here an object with a list inside, everywhere else a list. */
  readonly sub_button?: { readonly list: readonly ConsoleButton[] };
}

/**
 * The custom menu (自定义菜单). Users see a change when they enter the chat and their client's copy is older than five
 * minutes; after unfollowing and following again, at once.
 */
export const menus = (on: CallExecutor) => ({
  /** Replaces the default menu. Refusals: 40015 to 40028, 40054, 40055 the domain of a url. Source: 创建自定义菜单. */
  create: endpoint<{ readonly button: readonly MenuButton[] }>(on, {
    method: 'POST',
    path: '/cgi-bin/menu/create',
    idempotent: true,
    quota: 'menu create',
    limits: MENU_LIMITS,
  }),
  /** Reads the menus made by API. 46003: there is none. Source: 查询自定义菜单. */
  get: endpoint<{}, KnownMenus>(on, {
    method: 'GET',
    path: '/cgi-bin/menu/get',
    idempotent: true,
    quota: 'menu query',
    answer: ['menu'],
    ids: ['menu.menuid', 'conditionalmenu[].menuid'],
  }),
  /** Removes the default menu and all conditional ones. Source: 删除自定义菜单. */
  remove: endpoint(on, {
    method: 'GET',
    path: '/cgi-bin/menu/delete',
    idempotent: true,
    quota: 'menu delete',
  }),
  /**
   * Reads the menu that users see now, also one that was made in the console. Every account may ask. Source:
   * 获取自定义菜单配置.
   */
  current: endpoint<
    {},
    {
      readonly is_menu_open: number;
      readonly selfmenu_info?: { readonly button: readonly ConsoleButton[] };
    }
  >(on, {
    method: 'GET',
    path: '/cgi-bin/get_current_selfmenu_info',
    idempotent: true,
    answer: ['is_menu_open'],
  }),
  /** Adds a menu for some users; needs a default menu (65303). It cannot be changed later. Source: 创建个性化菜单. */
  addConditional: endpoint<
    { readonly button: readonly MenuButton[]; readonly matchrule: MatchRule },
    { readonly menuid: string }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/menu/addconditional',
    idempotent: false,
    quota: 'conditional menu add',
    answer: ['menuid'],
    ids: ['menuid'],
    limits: MENU_LIMITS,
  }),
  /** Removes a conditional menu. 65301: there is no such menu. Source: 删除个性化菜单. */
  removeConditional: endpoint<{ readonly menuid: string }>(on, {
    method: 'POST',
    path: '/cgi-bin/menu/delconditional',
    idempotent: false,
    quota: 'conditional menu delete',
  }),
  /** Reads the menu that a user sees, by OpenID or WeChat id. Source: 测试个性化菜单匹配结果. */
  tryMatch: endpoint<{ readonly user_id: string }, { readonly button: readonly KnownButton[] }>(on, {
    method: 'POST',
    path: '/cgi-bin/menu/trymatch',
    idempotent: true,
    quota: 'conditional menu match',
    answer: ['button'],
  }),
});
