import { stringify } from 'yaml';
import { AppError } from '../../protocol/app-error.js';
import { withAccountClient } from '../account-client.js';
import { exitCodes, type Terminal } from '../command.js';
import { lineDiff } from './line-diff.js';
import { backupPath, saveBaseline, readMenuFile, whyUnwritable, writeMenuFile } from './menu-file.js';
import { fingerprint, hasMenus, readLiveMenus, type LiveMenus, type Menus } from './menus.js';
import { applyMenus } from './apply-menus.js';

/** The menus are not those that the file was made from. Nothing was changed. */
export class MenuDrifted extends AppError {
  readonly code = 'menu_drifted';
}

interface MenuOptions {
  readonly file: string;
  readonly account?: string;
  readonly force: boolean;
  readonly json: boolean;
}
type MenuAction = (wishes: MenuOptions, terminal: Terminal) => Promise<number>;

const pull: MenuAction = ({ file, account, force, json }, terminal) =>
  withAccountClient(account, terminal, async (api) => {
    const live = await readLiveMenus(api);
    if (live.consoleNotes !== undefined)
      terminal.err(
        [
          'This menu was made in the console: a push puts one made by API in its place.',
          ...live.consoleNotes,
        ].join('\n'),
      );
    if (live.isClosed && hasMenus(live))
      terminal.err('The menu is switched off in the console (is_menu_open 0): users do not see it.');
    const menus = withoutIds(live);
    const base = fingerprint(live);
    if (json) terminal.out(JSON.stringify({ base, ...menus }, undefined, 2));
    else {
      await writeMenuFile(file, { menus, base }, { overwrite: force });
      terminal.out(`${file}: ${summarize(live)}.`);
    }
    return exitCodes.ok;
  });

const diff: MenuAction = async ({ file, account, json }, terminal) => {
  const { menus } = readMenuFile(file);
  return withAccountClient(account, terminal, async (api) => {
    const live = withoutIds(await readLiveMenus(api));
    const same = fingerprint(live) === fingerprint(menus);
    if (json) terminal.out(JSON.stringify({ same, live, file: menus }, undefined, 2));
    else if (same) terminal.out('No difference.');
    else terminal.out(lineDiff(asText(live), asText(menus)).join('\n'));
    return same ? exitCodes.ok : exitCodes.failed;
  });
};

const push: MenuAction = async ({ file, account, force, json }, terminal) => {
  const source = readMenuFile(file);
  const { menus, base } = source;
  return withAccountClient(account, terminal, async (api) => {
    const live = await readLiveMenus(api);
    const wanted = fingerprint(menus);
    if (wanted === fingerprint(live) && live.consoleNotes === undefined) {
      terminal.out(json ? JSON.stringify({ changed: false }) : 'Nothing to change.');
      return exitCodes.ok;
    }
    if (!force) assertNoDrift(file, base, live);
    const backup = hasMenus(live) ? backupPath(file, new Date()) : undefined;
    if (backup !== undefined)
      await writeMenuFile(backup, { menus: withoutIds(live), base: fingerprint(live) }, { overwrite: false });
    const pushed = await applyMenus(api, live, menus);
    await saveBaseline(source, wanted).catch((error: unknown) =>
      terminal.err(`The menu was pushed, but ${file} ${whyUnwritable(error)}: its next push needs --force.`),
    );
    if (json)
      terminal.out(JSON.stringify({ changed: true, ...pushed, ...(backup !== undefined && { backup }) }));
    else {
      terminal.out(
        `Pushed ${summarize(menus)}. Users see it when they enter the chat, five minutes from now at the latest.`,
      );
      if (backup !== undefined) terminal.out(`What was there before: ${backup}`);
    }
    return exitCodes.ok;
  });
};

/** @throws MenuDrifted */
function assertNoDrift(file: string, base: string | undefined, live: LiveMenus): void {
  if (base === fingerprint(live) || (base === undefined && !hasMenus(live))) return;
  const why =
    base === undefined
      ? `there are menus already, and ${file} was not made from them`
      : `the menus were changed since ${file} was pulled`;
  throw new MenuDrifted(
    `Nothing was pushed: ${why}. "menu diff ${file}" shows the difference, --force pushes all the same.`,
  );
}

const withoutIds = ({ button, conditional }: Menus): Menus => ({ button, conditional });

const asText = (menus: Menus): string => stringify(menus).trimEnd();

function summarize({ button, conditional }: Menus): string {
  const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  if (button.length === 0) return 'no menu';
  const more = conditional.length === 0 ? '' : ` and ${counted(conditional.length, 'conditional menu')}`;
  return `a menu of ${counted(button.length, 'button')}${more}`;
}

export const menuActions = { pull, diff, push } as const;
