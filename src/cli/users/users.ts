import { exitCodes, UsageInvalid, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';
import { showProgress } from '../progress.js';

/** Exports the followers to a file. */
export const users: Command = {
  name: 'users',
  summary: {
    en: 'exports the followers, and resumes if interrupted',
    zh: '导出粉丝，中断后可以继续',
  },
  usage: {
    en: `Usage: wechat-callback users export FILE [--ids-only] [--restart]

Writes all followers to FILE, one line each: JSON, or CSV where the name ends in .csv. If it is interrupted,
the same command resumes where it stopped: FILE.cursor holds the position, and is removed at the end.

  --ids-only  OpenIDs alone: one call for 10,000 instead of one for 100
  --restart   starts over and overwrites FILE
  --account   name or AppID of the account (default: the first)
  --json      what was done, as JSON`,
    zh: `用法：wechat-callback users export 文件 [--ids-only] [--restart]

把所有粉丝写入文件，每行一个：JSON；文件名以 .csv 结尾时是 CSV。中途停止或失败后，再运行同样的命令就从中断处继续，
进度记在“文件名.cursor”里，全部导出后删除。

  --ids-only  只要 OpenID：10,000 个调用一次，否则 100 个调用一次
  --restart   从头开始，覆盖文件
  --account   账号的名称或 AppID（默认第一个）
  --json      以 JSON 格式输出做了什么`,
  },

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
    if (action !== 'export')
      throw new UsageInvalid({ en: 'Say what to do: export.', zh: '要做什么？请写 export。' });
    if (file === undefined)
      throw new UsageInvalid({
        en: 'Say where to: users export FILE.',
        zh: '要写到哪里？请写 users export 文件。',
      });
    // Loaded here, so that the other commands start without the server.
    const { withAccountClient } = await import('../account-client.js');
    const { openExport } = await import('./export-file.js');
    const { exportUsers } = await import('./export-users.js');
    const progress = showProgress({ en: 'users', zh: '个用户' }, terminal.language);
    return withAccountClient(values.account, terminal, async (api, { appId }) => {
      const content = { appId, idsOnly: values['ids-only'] };
      const target = await openExport(file, content, { restart: values.restart });
      if (target.count > 0)
        terminal.err({
          en: `Resuming after ${target.count} users.`,
          zh: `从第 ${target.count} 个用户之后继续。`,
        });
      try {
        await exportUsers(api, target, { idsOnly: values['ids-only'] }, progress);
      } finally {
        progress.stop();
        await target.close();
      }
      const { count } = target;
      terminal.out(
        values.json
          ? JSON.stringify({ file, users: count })
          : { en: `${file}: ${count} users.`, zh: `${file}：${count} 个用户。` },
      );
      return exitCodes.ok;
    });
  },
};
