import { createHash } from 'node:crypto';
import type { Api } from '../../api/client.js';
import { ApiRefused } from '../../api/api-error.js';
import type { KnownButton } from '../../api/catalogue/menu-button.js';

/** A button without what WeChat adds, its fields in one order: equal ones have equal JSON. */
export interface PlainButton {
  readonly name: string;
  readonly type?: string;
  readonly key?: string;
  readonly url?: string;
  readonly appid?: string;
  readonly pagepath?: string;
  readonly media_id?: string;
  readonly article_id?: string;
  readonly sub_button?: readonly PlainButton[];
}

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
  /** Ids of the conditional ones, in their order. */
  readonly menuids: readonly string[];
}

const NO_MENU = 46003;

const FIELDS = ['name', 'type', 'key', 'url', 'appid', 'pagepath', 'media_id', 'article_id'] as const;

/** What is there now. An account without a menu has no buttons. */
export async function readLiveMenus(api: Api): Promise<LiveMenus> {
  try {
    const { menu, conditionalmenu = [] } = await api.menus.get();
    // The order in which they are told of is not documented; ids rise with every menu that is made.
    const newestFirst = [...conditionalmenu].sort((a, b) => byNumber(b.menuid, a.menuid));
    return {
      button: menu.button.map(plainButton),
      conditional: newestFirst.map(({ button, matchrule }) => ({
        matchrule: plainRule(matchrule),
        button: button.map(plainButton),
      })),
      menuids: newestFirst.map(({ menuid }) => menuid),
    };
  } catch (error) {
    if (error instanceof ApiRefused && error.errcode === NO_MENU)
      return { button: [], conditional: [], menuids: [] };
    throw error;
  }
}

/** Of texts of digits, however long. */
const byNumber = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1);

export function plainButton(button: KnownButton): PlainButton {
  const { sub_button: subs = [] } = button;
  const fields = FIELDS.filter((name) => button[name] !== undefined && button[name] !== '');
  return {
    name: button.name,
    ...Object.fromEntries(fields.map((name) => [name, button[name]])),
    ...(subs.length > 0 && { sub_button: subs.map(plainButton) }),
  };
}

/** `group_id` is the old name of `tag_id`; conditions that are empty are none. */
export function plainRule(rule: PlainRule & { readonly group_id?: string }): PlainRule {
  const { tag_id = rule.group_id, client_platform_type } = rule;
  return { ...(tag_id && { tag_id }), ...(client_platform_type && { client_platform_type }) };
}

export const hasMenus = ({ button, conditional }: Menus): boolean =>
  button.length > 0 || conditional.length > 0;

/** Tells menus apart: twelve hex digits of what they hold. */
export function fingerprint({ button, conditional }: Menus): string {
  return createHash('sha256').update(JSON.stringify({ button, conditional })).digest('hex').slice(0, 12);
}
