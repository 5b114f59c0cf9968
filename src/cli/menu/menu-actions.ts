import { stringify } from 'yaml';
import { AppError } from '../../protocol/app-error.js';
import type { Words } from '../../protocol/words.js';
import { withAccountClient } from '../account-client.js';
import { exitCodes, type Terminal } from '../command.js';
import { lineDiff } from '../line-diff.js';
import { backupPath, saveBaseline, readMenuFile, whyUnwritable, writeMenuFile } from './menu-file.js';
import { fingerprint, hasMenus, readLiveMenus, type LiveMenus, type Menus } from './menus.js';
import { applyMenus } from './apply-menus.js';

/** The live menus changed since the file was made. Nothing was changed. */
export class MenuDrifted extends AppError {
  readonly code = 'menu_drifted';
}

interface MenuOptions {
  readonly file: string;
  readonly account?: string;
  readonly force: boolean;
  readonly json: boolean;
}
type MenuAction = (options: MenuOptions, terminal: Terminal) => Promise<number>;

const pull: MenuAction = ({ file, account, force, json }, terminal) =>
  withAccountClient(account, terminal, async (api) => {
    const live = await readLiveMenus(api);
    if (live.consoleNotes !== undefined)
      terminal.err({
        en: [
          'This menu was made in the console: a push puts one made by API in its place.',
          ...live.consoleNotes.map(({ en }) => en),
        ].join('\n'),
        zh: [
          '这个菜单是在公众号后台设置的：push 之后会换成接口设置的菜单。',
          ...live.consoleNotes.map(({ zh }) => zh),
        ].join('\n'),
      });
    if (live.isClosed && hasMenus(live))
      terminal.err({
        en: 'The menu is switched off in the console (is_menu_open 0): users do not see it.',
        zh: '菜单在公众号后台是关闭的（is_menu_open 0）：用户看不到。',
      });
    const menus = withoutIds(live);
    const base = fingerprint(live);
    if (json) terminal.out(JSON.stringify({ base, ...menus }, undefined, 2));
    else {
      await writeMenuFile(file, { menus, base }, { overwrite: force });
      const sum = summarize(live);
      terminal.out({ en: `${file}: ${sum.en}.`, zh: `${file}：${sum.zh}。` });
    }
    return exitCodes.ok;
  });

const diff: MenuAction = async ({ file, account, json }, terminal) => {
  const { menus } = readMenuFile(file);
  return withAccountClient(account, terminal, async (api) => {
    const live = withoutIds(await readLiveMenus(api));
    const same = fingerprint(live) === fingerprint(menus);
    if (json) terminal.out(JSON.stringify({ same, live, file: menus }, undefined, 2));
    else if (same) terminal.out({ en: 'No difference.', zh: '没有差别。' });
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
      terminal.out(
        json ? JSON.stringify({ changed: false }) : { en: 'Nothing to change.', zh: '没有要修改的。' },
      );
      return exitCodes.ok;
    }
    if (!force) assertNoDrift(file, base, live);
    const backup = hasMenus(live) ? backupPath(file, new Date()) : undefined;
    if (backup !== undefined)
      await writeMenuFile(backup, { menus: withoutIds(live), base: fingerprint(live) }, { overwrite: false });
    const pushed = await applyMenus(api, live, menus);
    await saveBaseline(source, wanted).catch((error: unknown) => {
      const why = whyUnwritable(error);
      terminal.err({
        en: `The menu was pushed, but ${file} ${why.en}: its next push needs --force.`,
        zh: `菜单已修改，但 ${file} ${why.zh}：下次 push 要加 --force。`,
      });
    });
    if (json)
      terminal.out(JSON.stringify({ changed: true, ...pushed, ...(backup !== undefined && { backup }) }));
    else {
      const sum = summarize(menus);
      terminal.out({
        en: `Pushed ${sum.en}. Users see it when they enter the chat, within five minutes.`,
        zh: `已设置${sum.zh}。用户进入会话时就能看到，最迟五分钟之后。`,
      });
      if (backup !== undefined)
        terminal.out({ en: `Previous menus: ${backup}`, zh: `原来的菜单：${backup}` });
    }
    return exitCodes.ok;
  });
};

/** @throws MenuDrifted */
function assertNoDrift(file: string, base: string | undefined, live: LiveMenus): void {
  if (base === fingerprint(live) || (base === undefined && !hasMenus(live))) return;
  const why =
    base === undefined
      ? {
          en: `there are menus already, and ${file} was not made from them`,
          zh: `账号已有菜单，而 ${file} 不是 pull 下来的`,
        }
      : { en: `the menus were changed since ${file} was pulled`, zh: `pull ${file} 之后，菜单又改过` };
  throw new MenuDrifted({
    en: `Nothing was pushed: ${why.en}. "menu diff ${file}" shows the difference, --force pushes all the same.`,
    zh: `没有修改菜单：${why.zh}。用 "menu diff ${file}" 看差别，加 --force 照样修改。`,
  });
}

const withoutIds = ({ button, conditional }: Menus): Menus => ({ button, conditional });

const asText = (menus: Menus): string => stringify(menus).trimEnd();

function summarize({ button, conditional }: Menus): Words {
  const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  if (button.length === 0) return { en: 'no menu', zh: '空菜单' };
  const more = conditional.length === 0 ? '' : ` and ${counted(conditional.length, 'conditional menu')}`;
  return {
    en: `a menu of ${counted(button.length, 'button')}${more}`,
    zh: `菜单：${button.length} 个按钮${conditional.length === 0 ? '' : `，另有 ${conditional.length} 个个性化菜单`}`,
  };
}

export const menuActions = { pull, diff, push } as const;
