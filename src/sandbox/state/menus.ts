import type { MenuButton, MenuView } from '../types.js';

/** A menu for some of the followers (个性化菜单). */
export interface ConditionalMenu {
  readonly menuid: string;
  readonly button: readonly MenuButton[];
  readonly matchrule: { readonly tag_id?: string; readonly client_platform_type?: string };
}

/** A menu that an operator made in the console, as `get_current_selfmenu_info` tells of it: `menu/get` does not know it. */
export interface ConsoleMenu {
  readonly button: readonly object[];
}

/** The custom menus, and what each follower's phone has fetched of them. */
export interface MenuStore {
  current(): readonly MenuButton[] | null;
  create(button: readonly MenuButton[]): void;
  /** The conditional ones go, too. */
  remove(): void;
  readonly conditional: ConditionalMenu[];
  /** Stands until one is created by API. */
  console: ConsoleMenu | undefined;
  /** False: the operator switched the menu off in the console. */
  isOpen: boolean;
  /** What the platform would give to a follower with these tags now. */
  match(tagIds: readonly number[]): readonly MenuButton[] | null;
  /** The phone enters the chat: it fetches the menu where its copy is five minutes old. `again`: in any case. */
  enter(openId: string, tagIds: readonly number[], again?: boolean): void;
  view(openId: string, tagIds: readonly number[]): MenuView;
}

const COPY_TTL_MS = 5 * 60_000;

export function createMenuStore(deps: {
  now(): number;
  changed(current: MenuView['current']): void;
}): MenuStore {
  const seen = new Map<string, { menu: readonly MenuButton[] | null; atMs: number }>();
  const conditional: ConditionalMenu[] = [];
  let current: readonly MenuButton[] | null = null;

  function match(tagIds: readonly number[]): readonly MenuButton[] | null {
    const fitting = conditional.findLast(
      ({ matchrule }) => matchrule.tag_id === undefined || tagIds.includes(Number(matchrule.tag_id)),
    );
    return fitting?.button ?? current;
  }

  return {
    conditional,
    console: undefined,
    isOpen: true,
    match,
    current: () => current,
    create(button) {
      this.console = undefined;
      current = button;
      deps.changed(current);
    },
    remove() {
      this.console = undefined;
      current = null;
      conditional.length = 0;
      deps.changed(current);
    },
    enter(openId, tagIds, again = false) {
      const copy = seen.get(openId);
      if (!again && copy !== undefined && deps.now() - copy.atMs <= COPY_TTL_MS) return;
      seen.set(openId, { menu: match(tagIds), atMs: deps.now() });
    },
    view(openId, tagIds) {
      const copy = seen.get(openId);
      // A phone that was never in the chat would fetch the menu on entering.
      if (copy === undefined) return { current, seen: match(tagIds) };
      return { current, seen: copy.menu, seenAtMs: copy.atMs };
    },
  };
}
