import { endpoint, type CallExecutor } from './endpoint.js';
import { MENU_LIMITS, type KnownButton, type MenuButton } from './menu-button.js';

/** Who sees a conditional menu. The rules by sex, place and language are gone (65320). */
export interface MatchRule {
  /** Id of a tag, as text. */
  readonly tag_id?: string;
  /** 1 iOS, 2 Android, 3 others. */
  readonly client_platform_type?: string;
}

export interface KnownMenus {
  readonly menu: { readonly button: readonly KnownButton[]; readonly menuid?: string };
  /** The newest first, which is the order in which they are matched. */
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
 * The custom menu (自定义菜单). Users see a change when they enter the chat and their client asked more than five minutes
 * ago; who unfollows and follows again sees it at once.
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
  /** The menus made by API. 46003: there is none. Source: 查询自定义菜单. */
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
  /** What users see now, also when it was made in the console. Every account may ask. Source: 获取自定义菜单配置. */
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
  /** Adds a menu for some users; needs a default menu (65303). There is no changing one. Source: 创建个性化菜单. */
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
  /** Removes one conditional menu. 65301: it is none. Source: 删除个性化菜单. */
  removeConditional: endpoint<{ readonly menuid: string }>(on, {
    method: 'POST',
    path: '/cgi-bin/menu/delconditional',
    idempotent: false,
    quota: 'conditional menu delete',
  }),
  /** The menu that one user sees, by OpenID or WeChat id. Source: 测试个性化菜单匹配结果. */
  tryMatch: endpoint<{ readonly user_id: string }, { readonly button: readonly KnownButton[] }>(on, {
    method: 'POST',
    path: '/cgi-bin/menu/trymatch',
    idempotent: true,
    quota: 'conditional menu match',
    answer: ['button'],
  }),
});
