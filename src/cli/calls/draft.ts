import { callByPath } from '../../api/call-by-path.js';
import { exitCodes, UsageInvalid, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';
import { formatColumns } from '../table.js';
import { printAnswer, required } from './print-answer.js';
import { readBody } from './read-body.js';

/** Lists, adds, publishes and removes drafts. */
export const draft: Command = {
  name: 'draft',
  summary: {
    en: 'drafts of articles: list, add, publish, remove',
    zh: '图文草稿：list、add、publish、remove',
  },
  usage: {
    en: `Usage: wechat-callback draft list [--json]
       wechat-callback draft add FILE|JSON
       wechat-callback draft publish MEDIA_ID
       wechat-callback draft remove MEDIA_ID --yes

  list        the drafts, newest first, with the titles of their articles
  add         adds one; the JSON is {"articles": [{"title": "…", "content": "…", "thumb_media_id": "…"}]}
  publish     puts it on the account's page without sending it to anybody; the result is pushed as
              event.PUBLISHJOBFINISH
  remove      deletes it for good

  --account   name or AppID of the account (default: the first)

Exit codes: 0 done, 1 refused, 2 usage, 78 configuration.`,
    zh: `用法：wechat-callback draft list [--json]
      wechat-callback draft add 文件|JSON
      wechat-callback draft publish MEDIA_ID
      wechat-callback draft remove MEDIA_ID --yes

  list        列出草稿和各篇文章的标题，最新的在前
  add         新增一个；JSON 的格式是 {"articles": [{"title": "…", "content": "…", "thumb_media_id": "…"}]}
  publish     发布到账号主页，不推给任何人；结果以 event.PUBLISHJOBFINISH 推送
  remove      永久删除

  --account   账号的名称或 AppID（默认第一个）

退出码：0 完成，1 被拒绝，2 用法错误，78 配置有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        account: { type: 'string' },
        json: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
      },
      { positionals: 2 },
    );
    const [action, what] = positionals;
    switch (action) {
      case 'list': {
        const { withAccountClient } = await import('../account-client.js');
        return withAccountClient(values.account, terminal, async (api) => {
          const all = [];
          for await (const one of api.all.drafts()) all.push(one);
          const rows = all.map(({ media_id, update_time, content }) => [
            media_id,
            new Date(update_time * 1_000).toISOString(),
            content.news_item.map(({ title }) => title).join(' / '),
          ]);
          if (values.json) terminal.out(JSON.stringify(all, undefined, 2));
          else if (rows.length === 0) terminal.out({ en: 'There is no draft.', zh: '没有草稿。' });
          else terminal.out(formatColumns(rows));
          return exitCodes.ok;
        });
      }
      case 'add': {
        const [given = ''] = required({ FILE: what });
        const body = readBody('FILE', given);
        return printAnswer(values.account, terminal, (api) => callByPath(api, '/cgi-bin/draft/add', body));
      }
      case 'publish': {
        const [media_id = ''] = required({ MEDIA_ID: what });
        return printAnswer(values.account, terminal, (api) => api.publications.submit({ media_id }));
      }
      case 'remove': {
        const [media_id = ''] = required({ MEDIA_ID: what });
        if (!values.yes)
          throw new UsageInvalid({
            en: 'A deleted draft is gone for good: add --yes to delete it.',
            zh: '删除的草稿不能恢复：确定要删，请加上 --yes。',
          });
        return printAnswer(values.account, terminal, (api) => api.drafts.remove({ media_id }));
      }
      default:
        throw new UsageInvalid({
          en: 'Say what to do: list, add, publish or remove.',
          zh: '要做什么？请写 list、add、publish 或 remove。',
        });
    }
  },
};
