import type { NoticeTemplate } from '../api/catalogue/notices.js';
import type { Template } from '../api/catalogue/templates.js';
import { exitCodes, UsageInvalid, type Command } from './command.js';
import { parseOptions } from './parse-options.js';
import { formatColumns } from './table.js';

/** The templates that the account may send. */
export const template: Command = {
  name: 'template',
  summary: 'lists the templates of messages and notices',
  usage: `Usage: wechat-callback template list [--notices] [--json]

Lists the templates in use (模板消息), with the names of their fields.

  --notices   those of subscription notices (订阅通知) instead
  --account   name or AppID of the account (default: the first)
  --json      all that WeChat tells of them, as JSON`,

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        account: { type: 'string' },
        notices: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
      { positionals: 1 },
    );
    if (positionals[0] !== 'list') throw new UsageInvalid('Say what to do: list.');
    // Loaded here, so that the other commands start without the server.
    const { withAccountClient } = await import('./account-client.js');
    return withAccountClient(values.account, terminal, async (api) => {
      const all = values.notices
        ? (await api.notices.templates()).data
        : (await api.templates.list()).template_list;
      if (values.json) terminal.out(JSON.stringify(all, undefined, 2));
      else if (all.length === 0) terminal.out('No template is in use.');
      else terminal.out(formatColumns([['TEMPLATE', 'TITLE', 'KIND', 'FIELDS'], ...all.map(toRow)]));
      return exitCodes.ok;
    });
  },
};

function toRow(one: Template | NoticeTemplate): readonly string[] {
  const industries = (levels: readonly string[]) => levels.filter((name) => name !== '').join(' / ');
  return 'priTmplId' in one
    ? [one.priTmplId, one.title, one.type === 3 ? 'long-term' : 'one opt-in each', fieldsOf(one.content)]
    : [
        one.template_id,
        one.title,
        industries([one.primary_industry, one.deputy_industry]),
        fieldsOf(one.content),
      ];
}

/** `{{thing1.DATA}}` → `thing1`: what a message has to give values for. */
export function fieldsOf(content: string): string {
  return [...content.matchAll(/\{\s*\{\s*(\w+)\.DATA\s*\}\s*\}/g)].map(([, name]) => name).join(', ');
}
