import { exitCodes, UsageInvalid, type Command } from './command.js';
import { parseOptions } from './parse-options.js';
import { showProgress } from './progress.js';

/** The followers as a file. */
export const users: Command = {
  name: 'users',
  summary: 'exports the followers, resumably',
  usage: `Usage: wechat-callback users export FILE [--ids-only] [--restart]

Writes all followers to FILE, one line each: JSON, or CSV where the name ends in .csv. Stopped or failed on the way, the
same command goes on where it was, by FILE.cursor, which is gone once all are there.

  --ids-only  OpenIDs alone: one call for 10,000 instead of one for 100
  --restart   begins anew and overwrites FILE
  --account   name or AppID of the account (default: the first)
  --json      what was done, as JSON`,

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        account: { type: 'string' },
        'ids-only': { type: 'boolean', default: false },
        restart: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
      { positionals: 2 },
    );
    const [action, file] = positionals;
    if (action !== 'export') throw new UsageInvalid('Say what to do: export.');
    if (file === undefined) throw new UsageInvalid('Say where to: users export FILE.');
    // Loaded here, so that the other commands start without the server.
    const { withAccountClient } = await import('./account-client.js');
    const { openExport } = await import('./users/export-file.js');
    const { exportUsers } = await import('./users/export-users.js');
    const progress = showProgress('users');
    return withAccountClient(values.account, terminal, async (api, { appId }) => {
      const content = { appId, idsOnly: values['ids-only'] };
      const target = await openExport(file, content, { restart: values.restart });
      if (target.count > 0) terminal.err(`Going on after ${target.count} users.`);
      try {
        await exportUsers(api, target, { idsOnly: values['ids-only'] }, progress);
      } finally {
        progress.stop();
        await target.close();
      }
      const { count } = target;
      terminal.out(values.json ? JSON.stringify({ file, users: count }) : `${file}: ${count} users.`);
      return exitCodes.ok;
    });
  },
};
