import type { NoticeTemplate } from '../api/catalogue/notices.js';
import type { Template } from '../api/catalogue/templates.js';
import type { Language } from '../protocol/words.js';
import { toOpenId } from '../protocol/ids.js';
import { printAnswer, required } from './calls/print-answer.js';
import { readFields } from './calls/read-body.js';
import { exitCodes, UsageInvalid, type Command, type Terminal } from './command.js';
import { parseOptions } from './parse-options.js';
import { formatColumns } from './table.js';

/** Lists the templates that the account may send, and sends one. */
export const template: Command = {
  name: 'template',
  summary: {
    en: 'lists the templates of messages and notices, and sends template messages',
    zh: '列出模板消息和订阅通知的模板，发送模板消息',
  },
  usage: {
    en: `Usage: wechat-callback template list [--notices] [--json]
       wechat-callback template send OPENID TEMPLATE --data FILE|JSON [--url URL] [--id TEXT]

Lists the templates in use (模板消息), with the names of their fields.

  send        sends a template message; WeChat pushes event.TEMPLATESENDJOBFINISH later, which says whether it arrived
  --data      its fields, such as {"thing1": "…"} or {"thing1": {"value": "…"}}; JSON, a file, or - for standard input
  --url       the page that it opens
  --id        a message with the same id is sent only once within ten minutes

  --notices   lists the templates of subscription notices (订阅通知) instead
  --account   name or AppID of the account (default: the first)
  --json      everything WeChat returns about them, as JSON`,
    zh: `用法：wechat-callback template list [--notices] [--json]
      wechat-callback template send OPENID 模板 --data 文件|JSON [--url URL] [--id 文本]

列出在用的模板消息模板和各自的字段名。

  send        用模板发一条消息；是否送达，微信稍后以 event.TEMPLATESENDJOBFINISH 推送
  --data      各字段，例如 {"thing1": "…"} 或 {"thing1": {"value": "…"}}；JSON、文件，或者 - 表示标准输入
  --url       点开的网页
  --id        十分钟内同一个值只发一次

  --notices   改为列出订阅通知的模板
  --account   账号的名称或 AppID（默认第一个）
  --json      微信返回的全部内容，JSON 格式`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        account: { type: 'string' },
        notices: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        data: { type: 'string' },
        id: { type: 'string' },
        url: { type: 'string' },
      },
      { positionals: 3 },
    );
    if (positionals[0] === 'send') return sendTemplate(positionals, values, terminal);
    if (positionals[0] !== 'list')
      throw new UsageInvalid({ en: 'Say what to do: list or send.', zh: '要做什么？请写 list 或 send。' });
    // Loaded here, so that the other commands start without the server.
    const { withAccountClient } = await import('./account-client.js');
    return withAccountClient(values.account, terminal, async (api) => {
      const all = values.notices
        ? (await api.notices.templates()).data
        : (await api.templates.list()).template_list;
      if (values.json) terminal.out(JSON.stringify(all, undefined, 2));
      else if (all.length === 0) terminal.out({ en: 'No template is in use.', zh: '没有在用的模板。' });
      else
        terminal.out(
          formatColumns([HEAD[terminal.language], ...all.map((one) => toRow(one, terminal.language))]),
        );
      return exitCodes.ok;
    });
  },
};

function sendTemplate(
  [, openId, templateId]: readonly string[],
  { account, data, id, url }: { readonly [name in 'account' | 'data' | 'id' | 'url']?: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const [touser = '', template_id = '', given = ''] = required({
    OPENID: openId,
    TEMPLATE: templateId,
    '--data': data,
  });
  const fields = Object.entries(readFields('--data', given)).map(([name, value]) => [
    name,
    typeof value === 'string' ? { value } : value,
  ]);
  return printAnswer(account, terminal, (api) =>
    api.templates.send({
      touser: toOpenId(touser),
      template_id,
      data: Object.fromEntries(fields),
      ...(url !== undefined && { url }),
      ...(id !== undefined && { client_msg_id: id }),
    }),
  );
}

const HEAD = {
  en: ['TEMPLATE', 'TITLE', 'KIND', 'FIELDS'],
  zh: ['模板', '标题', '类型', '字段'],
} as const;
const OPT_IN = {
  longTerm: { en: 'long-term', zh: '长期订阅' },
  once: { en: 'one opt-in each', zh: '一次性订阅' },
} as const;

function toRow(one: Template | NoticeTemplate, language: Language): readonly string[] {
  const industries = (levels: readonly string[]) => levels.filter((name) => name !== '').join(' / ');
  return 'priTmplId' in one
    ? [
        one.priTmplId,
        one.title,
        (one.type === 3 ? OPT_IN.longTerm : OPT_IN.once)[language],
        fieldsOf(one.content),
      ]
    : [
        one.template_id,
        one.title,
        industries([one.primary_industry, one.deputy_industry]),
        fieldsOf(one.content),
      ];
}

/** Lists the fields of a template: `{{thing1.DATA}}` → `thing1`. */
export function fieldsOf(content: string): string {
  return [...content.matchAll(/\{\s*\{\s*(\w+)\.DATA\s*\}\s*\}/g)].map(([, name]) => name).join(', ');
}
