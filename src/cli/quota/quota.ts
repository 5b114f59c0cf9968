import { exitCodes, UsageInvalid, type Command } from '../command.js';
import type { Language } from '../../protocol/words.js';
import { parseOptions } from '../parse-options.js';
import type { Usage } from './fetch-usage.js';
import { formatColumns } from '../table.js';

/** Shows how much of the quotas is left today. */
export const quota: Command = {
  name: 'quota',
  summary: {
    en: 'how much of the API quotas is used and left today',
    zh: '今天接口额度用了多少、还剩多少',
  },
  usage: {
    en: `Usage: wechat-callback quota [PATH…] [--json]

Asks WeChat how often each API was called today and may still be called; without PATH those with a known quota. A PATH
begins with a slash, such as /cgi-bin/message/custom/send. The day ends at midnight in Beijing.

  --account   name or AppID of the account (default: the first)
  --json      the same as JSON

Exit codes: 0 all figures found, 1 none for at least one PATH, 2 usage, 78 configuration.`,
    zh: `用法：wechat-callback quota [路径…] [--json]

向微信查询每个接口今天调用了多少次、还能调用多少次；不写路径时，查询所有已知额度的接口。路径以斜杠开头，例如
/cgi-bin/message/custom/send。额度在北京时间零点更新。

  --account   账号的名称或 AppID（默认第一个）
  --json      同样的内容，JSON 格式

退出码：0 都查到了，1 有的路径没有数据，2 用法错误，78 配置有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      { account: { type: 'string' }, json: { type: 'boolean', default: false } },
      { positionals: 50 },
    );
    const wrong = positionals.find((path) => !path.startsWith('/'));
    if (wrong !== undefined)
      throw new UsageInvalid({
        en: `${wrong}: a path begins with a slash.`,
        zh: `${wrong}：路径要以斜杠开头。`,
      });
    // Loaded here, so that the other commands start without the server.
    const { withAccountClient } = await import('../account-client.js');
    const { pathsWithQuota, fetchUsage } = await import('./fetch-usage.js');
    const isAsked = positionals.length > 0;
    return withAccountClient(values.account, terminal, async (api) => {
      const usages = await fetchUsage(api, isAsked ? positionals : pathsWithQuota());
      terminal.out(
        values.json ? JSON.stringify(usages, undefined, 2) : formatUsages(usages, terminal.language),
      );
      return isAsked && usages.some(({ refused }) => refused !== undefined) ? exitCodes.failed : exitCodes.ok;
    });
  },
};

const HEAD = {
  en: ['API', 'USED', 'LEFT', 'LIMIT', 'DOCUMENTED', ''],
  zh: ['接口', '已用', '剩余', '上限', '文档上限', ''],
} as const;

function formatUsages(usages: readonly Usage[], language: Language): string {
  const cell = (figure: number | undefined) => figure?.toLocaleString('en') ?? '-';
  return formatColumns([
    HEAD[language],
    ...usages.map(({ path, used, left, limit, documented, refused = '' }) => [
      path,
      cell(used),
      cell(left),
      cell(limit),
      cell(documented),
      refused,
    ]),
  ]);
}
