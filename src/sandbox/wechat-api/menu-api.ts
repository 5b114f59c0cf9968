import type { ConditionalMenu } from '../state/menus.js';
import type { SandboxState } from '../sandbox-state.js';
import type { MenuButton } from '../types/types.js';
import { jsonBody, objectOf, OK, Refusal, textOf, type Endpoint, type JsonObject } from './endpoint.js';
import { readMenu, type MenuLinks } from './menu-check.js';

/** The custom menu (自定义菜单). */
export const MENU_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/menu/create',
    method: 'POST',
    right: 'menu',
    daily: [1_000, 100],
    handle(request, state) {
      state.menus.create(readMenu(jsonBody(request), linksOf(state)));
      return OK;
    },
  },
  {
    path: '/cgi-bin/menu/get',
    method: 'GET',
    right: 'menu',
    daily: [10_000, 1_000],
    handle(_request, { menus }) {
      const current = menus.current();
      if (current === null || menus.console !== undefined) throw new Refusal(46003);
      const button = current.map(withEmptyList);
      if (menus.conditional.length === 0) return { menu: { button } };
      return { menu: { button, menuid: menus.id }, conditionalmenu: menus.conditional };
    },
  },
  {
    path: '/cgi-bin/menu/delete',
    method: 'GET',
    right: 'menu',
    daily: [1_000, 100],
    handle(_request, { menus }) {
      menus.remove();
      return OK;
    },
  },
  {
    path: '/cgi-bin/get_current_selfmenu_info',
    method: 'GET',
    handle(_request, { menus }) {
      const current = menus.current();
      const is_menu_open = menus.isOpen ? 1 : 0;
      if (menus.console !== undefined) return { is_menu_open, selfmenu_info: menus.console };
      if (current === null) return { is_menu_open: 0, selfmenu_info: { button: [] } };
      // Only in this call a sub-menu is an object with a list inside.
      const button = current.map(({ sub_button: sub, ...rest }) =>
        sub === undefined ? rest : { ...rest, sub_button: { list: sub } },
      );
      return { is_menu_open, selfmenu_info: { button } };
    },
  },
  {
    path: '/cgi-bin/menu/addconditional',
    method: 'POST',
    right: 'menu',
    daily: [2_000, 100],
    handle(request, state) {
      const { menus } = state;
      const body = jsonBody(request);
      if (menus.current() === null) throw new Refusal(65303);
      const matchrule = readRule(objectOf(body, 'matchrule'));
      const menuid = String(menus.nextId());
      menus.conditional.push({ menuid, button: readMenu(body, linksOf(state)), matchrule });
      return { menuid };
    },
  },
  {
    path: '/cgi-bin/menu/delconditional',
    method: 'POST',
    right: 'menu',
    daily: [2_000, 100],
    handle(request, { menus }) {
      const at = menus.conditional.findIndex(({ menuid }) => menuid === textOf(jsonBody(request), 'menuid'));
      if (at < 0) throw new Refusal(65301);
      menus.conditional.splice(at, 1);
      return OK;
    },
  },
  {
    path: '/cgi-bin/menu/trymatch',
    method: 'POST',
    right: 'menu',
    daily: [20_000, 1_000],
    handle(request, state) {
      const follower = state.followers.get(textOf(jsonBody(request), 'user_id'));
      if (follower === undefined) throw new Refusal(65302);
      return { button: state.menus.match(follower) ?? [] };
    },
  },
];

export function linksOf(state: SandboxState): MenuLinks {
  const { miniPrograms } = state.account();
  return {
    isMaterial: (mediaId) => state.media.permanent().some(({ id }) => id === mediaId),
    isLinked: (appId) => miniPrograms.length === 0 || miniPrograms.includes(appId),
  };
}

/** Adds an empty `sub_button`, as menu/get does. */
function withEmptyList(button: MenuButton): JsonObject {
  return { ...button, sub_button: button.sub_button?.map(withEmptyList) ?? [] };
}

function readRule(rule: JsonObject): ConditionalMenu['matchrule'] {
  const names = Object.keys(rule).filter((name) => textOf(rule, name) !== '');
  if (names.length === 0) throw new Refusal(65304);
  if (names.some((name) => name !== 'tag_id' && name !== 'client_platform_type')) throw new Refusal(65320);
  return Object.fromEntries(names.map((name) => [name, textOf(rule, name)]));
}
