import type { Follower, MenuButton, MenuView } from '../types/types.js';

/** A menu for some of the followers (个性化菜单). */
export interface ConditionalMenu {
  readonly menuid: string;
  readonly button: readonly MenuButton[];
  readonly matchrule: { readonly tag_id?: string; readonly client_platform_type?: string };
}

/** A menu made in the console, in the form of `get_current_selfmenu_info`. `menu/get` does not return it. */
export interface ConsoleMenu {
  readonly button: readonly object[];
}

/** The fields of a follower that choose a conditional menu, and the OpenID of the phone's owner. */
type Viewer = Pick<Follower, 'openId' | 'tagIds' | 'clientPlatform'>;

/** Stores the custom menus, and the copy on each follower's phone. */
export interface MenuStore {
  /** The id of the default menu. */
  readonly id: number;
  /** A new id, which no other menu has. */
  nextId(): number;
  current(): readonly MenuButton[] | null;
  create(button: readonly MenuButton[]): void;
  /** Removes the menu, including the conditional ones. */
  remove(): void;
  readonly conditional: ConditionalMenu[];
  /** In effect until a menu is created by API. */
  console: ConsoleMenu | undefined;
  /** False: the operator switched the menu off in the console. */
  isOpen: boolean;
  /** Returns the menu of a follower. */
  match(viewer: Viewer): readonly MenuButton[] | null;
  /** Called when the phone enters the chat: it fetches the menu if its copy is five minutes old, or with `again`. */
  enter(viewer: Viewer, again?: boolean): void;
  view(viewer: Viewer): MenuView;
}

const COPY_TTL_MS = 5 * 60_000;
const FIRST_ID = 425_232_302;

export function createMenuStore(deps: {
  now(): number;
  changed(current: MenuView['current']): void;
}): MenuStore {
  const seen = new Map<string, { menu: readonly MenuButton[] | null; atMs: number }>();
  const conditional: ConditionalMenu[] = [];
  let current: readonly MenuButton[] | null = null;
  let id = FIRST_ID;
  let lastId = FIRST_ID;
  const nextId = (): number => (lastId += 1);

  function match({ tagIds, clientPlatform }: Viewer): readonly MenuButton[] | null {
    const fitting = conditional.findLast(
      ({ matchrule: { tag_id: tag, client_platform_type: platform } }) =>
        (tag === undefined || tagIds.includes(Number(tag))) &&
        (platform === undefined || Number(platform) === clientPlatform),
    );
    return fitting?.button ?? current;
  }

  return {
    get id() {
      return id;
    },
    nextId,
    conditional,
    console: undefined,
    isOpen: true,
    match,
    current: () => current,
    create(button) {
      this.console = undefined;
      current = button;
      id = nextId();
      deps.changed(current);
    },
    remove() {
      this.console = undefined;
      current = null;
      conditional.length = 0;
      deps.changed(current);
    },
    enter(viewer, again = false) {
      const copy = seen.get(viewer.openId);
      if (!again && copy !== undefined && deps.now() - copy.atMs <= COPY_TTL_MS) return;
      seen.set(viewer.openId, { menu: match(viewer), atMs: deps.now() });
    },
    view(viewer) {
      const copy = seen.get(viewer.openId);
      // A phone without a copy would fetch the menu on entering.
      if (copy === undefined) return { current, seen: match(viewer) };
      return { current, seen: copy.menu, seenAtMs: copy.atMs };
    },
  };
}
