import { exitCodes, UsageInvalid, type Command } from './command.js';
import { parseOptions } from './parse-options.js';
import type { Usage } from './quota/fetch-usage.js';
import { formatColumns } from './table.js';

/** What is left of the quotas today. */
export const quota: Command = {
  name: 'quota',
  summary: 'how much of the API quotas is used and left today',
  usage: `Usage: wechat-callback quota [PATH…] [--json]

Asks WeChat how often each API was called today and may still be; without PATH those with a known quota. A PATH begins
with a slash, such as /cgi-bin/message/custom/send. The day ends at midnight in Beijing.

  --account   name or AppID of the account (default: the first)
  --json      the same as JSON

Exit codes: 0 there are figures, 1 there are none for some PATH, 2 usage, 78 configuration.`,

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      { account: { type: 'string' }, json: { type: 'boolean', default: false } },
      { positionals: 50 },
    );
    const wrong = positionals.find((path) => !path.startsWith('/'));
    if (wrong !== undefined) throw new UsageInvalid(`${wrong}: a path begins with a slash.`);
    // Loaded here, so that the other commands start without the server.
    const { withAccountClient } = await import('./account-client.js');
    const { pathsWithQuota, fetchUsage } = await import('./quota/fetch-usage.js');
    const isAsked = positionals.length > 0;
    return withAccountClient(values.account, terminal, async (api) => {
      const usages = await fetchUsage(api, isAsked ? positionals : pathsWithQuota());
      terminal.out(values.json ? JSON.stringify(usages, undefined, 2) : formatUsages(usages));
      return isAsked && usages.some(({ refused }) => refused !== undefined) ? exitCodes.failed : exitCodes.ok;
    });
  },
};

function formatUsages(usages: readonly Usage[]): string {
  const cell = (figure: number | undefined) => figure?.toLocaleString('en') ?? '-';
  return formatColumns([
    ['API', 'USED', 'LEFT', 'LIMIT', 'DOCUMENTED', ''],
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
