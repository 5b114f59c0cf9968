import type { Api } from '../../api/client.js';
import type { MenuButton } from '../../api/catalogue/menu-button.js';
import { hasMenus, type LiveMenus, type Menus } from './menus.js';
import type { PlainButton } from './plain-button.js';

export interface AppliedMenus {
  /** True: the default menu was replaced. */
  readonly default: boolean;
  /** Numbers of conditional menus removed and created. */
  readonly removed: number;
  readonly added: number;
}

/**
 * Applies the menus of the file with as few calls as possible. Conditional menus cannot be changed, and the newest
 * comes first: the oldest equal ones stay, all later ones are created again.
 */
export async function applyMenus(api: Api, live: LiveMenus, wanted: Menus): Promise<AppliedMenus> {
  if (!hasMenus(wanted)) {
    await api.menus.remove();
    return { default: true, removed: live.conditional.length, added: 0 };
  }
  const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  // A menu that the console made may look equal and still differ, so it is replaced.
  const replaced = live.consoleNotes !== undefined || !isSame(live.button, wanted.button);
  if (replaced) await api.menus.create({ button: asButtons(wanted.button) });

  let kept = 0;
  while (
    kept < Math.min(live.conditional.length, wanted.conditional.length) &&
    isSame(live.conditional.at(-1 - kept), wanted.conditional.at(-1 - kept))
  )
    kept += 1;
  const gone = live.menuids.slice(0, live.menuids.length - kept);
  const made = wanted.conditional.slice(0, wanted.conditional.length - kept).toReversed();
  for (const menuid of gone) await api.menus.removeConditional({ menuid });
  for (const { matchrule, button } of made)
    await api.menus.addConditional({ matchrule, button: asButtons(button) });
  return { default: replaced, removed: gone.length, added: made.length };
}

/** Buttons that were read from a file have been checked for the fields of their type. */
const asButtons = (buttons: readonly PlainButton[]): readonly MenuButton[] =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  buttons as readonly MenuButton[];
