import { randomUUID } from 'node:crypto';
import type { Api } from '../../api/client.js';
import { toOpenId } from '../../protocol/ids.js';
import { UsageInvalid, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';
import { printAnswer, required } from './print-answer.js';

/** Sends to many users: a preview to one, then to all of them or to those with a tag. */
export const mass: Command = {
  name: 'mass',
  summary: {
    en: 'sends a text or articles to all followers or to a tag: preview, send, status',
    zh: '群发文字或图文：preview、send、status',
  },
  usage: {
    en: `Usage: wechat-callback mass preview OPENID (--text TEXT | --draft MEDIA_ID)
       wechat-callback mass send (--all | --tag ID) (--text TEXT | --draft MEDIA_ID) --yes
       wechat-callback mass status MSG_ID

A mass message (群发) cannot be taken back, so that send needs --yes: preview it first.

  --draft     the draft with the articles (wechat-callback draft list)
  --id TEXT   up to 32 bytes; the same one within 24 hours sends once. Default: a new one, which is printed
  --account   name or AppID of the account (default: the first)

Exit codes: 0 done, 1 refused, 2 usage, 78 configuration.`,
    zh: `用法：wechat-callback mass preview OPENID (--text 文字 | --draft MEDIA_ID)
      wechat-callback mass send (--all | --tag 编号) (--text 文字 | --draft MEDIA_ID) --yes
      wechat-callback mass status MSG_ID

群发不能撤回，所以 send 要加 --yes；请先用 preview 预览。

  --draft     图文所在的草稿（wechat-callback draft list）
  --id 文本   最多 32 字节；24 小时内同一个值只发一次。默认每次都是新的，并显示出来
  --account   账号的名称或 AppID（默认第一个）

退出码：0 完成，1 被拒绝，2 用法错误，78 配置有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        account: { type: 'string' },
        all: { type: 'boolean', default: false },
        draft: { type: 'string' },
        id: { type: 'string' },
        tag: { type: 'string' },
        text: { type: 'string' },
        yes: { type: 'boolean', default: false },
      },
      { positionals: 2 },
    );
    const [action, whom] = positionals;
    switch (action) {
      case 'preview': {
        const [openId = ''] = required({ OPENID: whom });
        const message = messageOf(values);
        return printAnswer(values.account, terminal, (api) =>
          api.mass.preview({ touser: toOpenId(openId), ...message }),
        );
      }
      case 'send': {
        const filter = filterOf(values);
        const message = messageOf(values);
        if (!values.yes)
          throw new UsageInvalid({
            en: 'A mass message cannot be taken back: add --yes to send it.',
            zh: '群发不能撤回：确定要发，请加上 --yes。',
          });
        const { id: clientmsgid = randomUUID().replaceAll('-', '') } = values;
        return printAnswer(values.account, terminal, async (api: Api) => ({
          ...(await api.mass.sendAll({ filter, ...message, clientmsgid })),
          clientmsgid,
        }));
      }
      case 'status': {
        const [msg_id = ''] = required({ MSG_ID: whom });
        return printAnswer(values.account, terminal, (api) => api.mass.status({ msg_id }));
      }
      default:
        throw new UsageInvalid({
          en: 'Say what to do: preview, send or status.',
          zh: '要做什么？请写 preview、send 或 status。',
        });
    }
  },
};

function messageOf({ text, draft }: { text?: string | undefined; draft?: string | undefined }) {
  if ((text === undefined) === (draft === undefined))
    throw new UsageInvalid({
      en: 'Say what to send: either --text or --draft.',
      zh: '要发什么？请写 --text 或 --draft，只写一个。',
    });
  return draft === undefined
    ? ({ msgtype: 'text', text: { content: text ?? '' } } as const)
    : ({ msgtype: 'mpnews', mpnews: { media_id: draft }, send_ignore_reprint: 1 } as const);
}

function filterOf({ all, tag }: { all: boolean; tag?: string | undefined }) {
  if (all === (tag !== undefined))
    throw new UsageInvalid({
      en: 'Say to whom: either --all or --tag ID.',
      zh: '要发给谁？请写 --all 或 --tag 编号，只写一个。',
    });
  if (tag === undefined) return { is_to_all: true };
  if (!/^\d{1,9}$/.test(tag))
    throw new UsageInvalid({
      en: `--tag ${tag} is not the number of a tag.`,
      zh: `--tag ${tag}：应为标签的编号。`,
    });
  return { is_to_all: false, tag_id: Number(tag) };
}
