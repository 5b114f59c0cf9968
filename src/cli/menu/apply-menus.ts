import type { Api } from '../../api/client.js';
import type { MenuButton } from '../../api/catalogue/menu-button.js';
import { hasMenus, type LiveMenus, type Menus } from './menus.js';
import type { PlainButton } from './plain-button.js';

export interface AppliedMenus {
  /** Whether the default menu was replaced. */
  readonly default: boolean;
  /** Conditional menus taken away and made. */
  readonly removed: number;
  readonly added: number;
}

/**
 * Makes the account's menus those of the file with as few calls as may be. Conditional menus cannot be changed, and the
 * newest comes first: the oldest ones that are the same stay, all behind them are made anew.
 */
export async function applyMenus(api: Api, live: LiveMenus, wanted: Menus): Promise<AppliedMenus> {
  if (!hasMenus(wanted)) {
    await api.menus.remove();
    return { default: true, removed: live.conditional.length, added: 0 };
  }
  const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  // What the console made only resembles what the API makes.
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

/** What was read from a file has been checked for what each type needs. */
const asButtons = (buttons: readonly PlainButton[]): readonly MenuButton[] =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  buttons as readonly MenuButton[];
