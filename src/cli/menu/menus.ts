import { createHash } from 'node:crypto';
import type { Api } from '../../api/client.js';
import { ApiRefused } from '../../api/api-error.js';
import type { Words } from '../../protocol/words.js';
import { fromConsole } from './console-menu.js';
import { plainButton, type PlainButton } from './plain-button.js';

export interface PlainRule {
  readonly tag_id?: string;
  readonly client_platform_type?: string;
}

export interface ConditionalMenu {
  readonly matchrule: PlainRule;
  readonly button: readonly PlainButton[];
}

/** All menus of an account, the newest conditional one first. */
export interface Menus {
  readonly button: readonly PlainButton[];
  readonly conditional: readonly ConditionalMenu[];
}

export interface LiveMenus extends Menus {
  /** Ids of the conditional menus, in the same order. */
  readonly menuids: readonly string[];
  /** True if the menu is switched off in the console, so that users do not see it. */
  readonly isClosed: boolean;
  /** Set for a menu made in the console: a note on each button that the API cannot express. */
  readonly consoleNotes?: readonly Words[];
}

const NO_MENU = 46003;

/** Reads the present menus, made by API or in the console. An account without a menu has no buttons. */
export async function readLiveMenus(api: Api): Promise<LiveMenus> {
  const { is_menu_open, selfmenu_info } = await api.menus.current();
  const isClosed = is_menu_open === 0;
  try {
    const { menu, conditionalmenu = [] } = await api.menus.get();
    // The order of the answer is not documented; ids rise with every menu.
    const newestFirst = [...conditionalmenu].sort((a, b) => byNumber(b.menuid, a.menuid));
    return {
      button: menu.button.map(plainButton),
      conditional: newestFirst.map(({ button, matchrule }) => ({
        matchrule: plainRule(matchrule),
        button: button.map(plainButton),
      })),
      menuids: newestFirst.map(({ menuid }) => menuid),
      isClosed,
    };
  } catch (error) {
    if (!(error instanceof ApiRefused) || error.errcode !== NO_MENU) throw error;
    const { button, notes } = fromConsole(selfmenu_info?.button ?? []);
    return {
      button,
      conditional: [],
      menuids: [],
      isClosed,
      ...(button.length > 0 && { consoleNotes: notes }),
    };
  }
}

/** Compares texts of digits of any length. */
const byNumber = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1);

/** Normalizes a rule: `group_id` is the old name of `tag_id`, and empty conditions are dropped. */
export function plainRule(rule: PlainRule & { readonly group_id?: string }): PlainRule {
  const { tag_id = rule.group_id, client_platform_type } = rule;
  return { ...(tag_id && { tag_id }), ...(client_platform_type && { client_platform_type }) };
}

export const hasMenus = ({ button, conditional }: Menus): boolean =>
  button.length > 0 || conditional.length > 0;

/** Returns twelve hex digits that identify the content of the menus. */
export function fingerprint({ button, conditional }: Menus): string {
  return createHash('sha256').update(JSON.stringify({ button, conditional })).digest('hex').slice(0, 12);
}
