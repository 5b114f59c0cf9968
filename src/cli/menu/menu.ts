import { UsageInvalid, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';

const ACTIONS = ['pull', 'diff', 'push'] as const;

/** Reads and applies the custom menu as a file. */
export const menu: Command = {
  name: 'menu',
  summary: {
    en: 'the custom menu as a file: pull, diff, push',
    zh: '用文件管理自定义菜单：pull、diff、push',
  },
  usage: {
    en: `Usage: wechat-callback menu pull [FILE] [--force]
       wechat-callback menu diff [FILE]
       wechat-callback menu push [FILE] [--force]

The default menu and the conditional ones as YAML, or JSON where the name ends in .json. FILE is menu.yaml by default.

  pull        writes the current menus; --force overwrites the file
  diff        shows what a push would change
  push        makes those changes. The previous menus are kept next to FILE as a backup. Refuses if the menus changed
              since FILE was pulled, or if there are menus and FILE was not pulled; --force pushes anyway

  --account   name or AppID of the account (default: the first)
  --json      the result as JSON (pull: the menus, to standard output, and no file)

Exit codes: 0 done, diff: no difference; 1 failed, diff: a difference; 2 usage; 78 configuration.`,
    zh: `用法：wechat-callback menu pull [文件] [--force]
      wechat-callback menu diff [文件]
      wechat-callback menu push [文件] [--force]

默认菜单和个性化菜单保存成 YAML；文件名以 .json 结尾时是 JSON。文件默认是 menu.yaml。

  pull        写入现在的菜单；--force 覆盖已有的文件
  diff        显示 push 会改变什么
  push        照文件修改菜单。原来的菜单另存一份备份，放在文件旁边。如果 pull 之后菜单又变了，或者账号已有菜单而
              文件不是 pull 下来的，就不修改；加 --force 照样修改

  --account   账号的名称或 AppID（默认第一个）
  --json      以 JSON 格式输出结果（pull：菜单输出到标准输出，不写文件）

退出码：0 完成，diff：没有差别；1 失败，diff：有差别；2 用法错误；78 配置有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        account: { type: 'string' },
        force: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
      { positionals: 2 },
    );
    const [said, file = 'menu.yaml'] = positionals;
    const action = ACTIONS.find((known) => known === said);
    if (action === undefined)
      throw new UsageInvalid({
        en: 'Say what to do: pull, diff or push.',
        zh: '要做什么？请写 pull、diff 或 push。',
      });
    // Loaded here, so that the other commands start without the server.
    const { menuActions } = await import('./menu-actions.js');
    return menuActions[action]({ ...values, file }, terminal);
  },
};
