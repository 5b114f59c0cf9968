import { UsageInvalid, type Command } from './command.js';
import { parseOptions } from './parse-options.js';

const ACTIONS = ['pull', 'diff', 'push'] as const;

/** The custom menu as a file. */
export const menu: Command = {
  name: 'menu',
  summary: 'the custom menu as a file: pull, diff, push',
  usage: `Usage: wechat-callback menu pull [FILE] [--force]
       wechat-callback menu diff [FILE]
       wechat-callback menu push [FILE] [--force]

The default menu and the conditional ones as YAML, or JSON where the name ends in .json. FILE is menu.yaml by default.

  pull        writes what is there now; --force overwrites a file
  diff        shows what a push would change
  push        makes it so. What was there before is kept beside FILE as a backup. Refuses where the menus changed
              since FILE was pulled, or FILE was not pulled and there are menus; --force pushes all the same

  --account   name or AppID of the account (default: the first)
  --json      the result as JSON (pull: the menus, to standard output, and no file)

Exit codes: 0 done, diff: no difference; 1 failed, diff: a difference; 2 usage; 78 configuration.`,

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
    if (action === undefined) throw new UsageInvalid('Say what to do: pull, diff or push.');
    // Loaded here, so that the other commands start without the server.
    const { menuActions } = await import('./menu/menu-actions.js');
    return menuActions[action]({ ...values, file }, terminal);
  },
};
