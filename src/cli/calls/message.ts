import { callByPath } from '../../api/call-by-path.js';
import { SEND_PATH } from '../../api/catalogue/messages.js';
import { UsageInvalid, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';
import { printAnswer, required } from './print-answer.js';
import { readFields } from './read-body.js';

/** Sends customer-service messages. */
export const message: Command = {
  name: 'message',
  summary: {
    en: 'sends a customer-service message to a user',
    zh: '给用户发一条客服消息',
  },
  usage: {
    en: `Usage: wechat-callback message send OPENID TEXT
       wechat-callback message send OPENID --body FILE|JSON

Sends a customer-service message (客服消息): to a user who wrote within the last 48 hours, five at most.

  --body      a message in WeChat's format, such as {"msgtype":"image","image":{"media_id":"…"}}; a file, or - for
              standard input
  --account   name or AppID of the account (default: the first)

Exit codes: 0 sent, 1 not sent, 2 usage, 78 configuration.`,
    zh: `用法：wechat-callback message send OPENID 文字
      wechat-callback message send OPENID --body 文件|JSON

发一条客服消息：用户在最近 48 小时内发过消息才行，最多五条。

  --body      微信格式的消息，例如 {"msgtype":"image","image":{"media_id":"…"}}；也可以是文件，或者 - 表示标准输入
  --account   账号的名称或 AppID（默认第一个）

退出码：0 已发出，1 没有发出，2 用法错误，78 配置有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      { account: { type: 'string' }, body: { type: 'string' } },
      { positionals: 3 },
    );
    const [action, openId, text] = positionals;
    if (action !== 'send')
      throw new UsageInvalid({ en: 'Say what to do: send.', zh: '要做什么？请写 send。' });
    const [touser = '', content = ''] = required({
      OPENID: openId,
      ...(values.body === undefined && { TEXT: text }),
    });
    const given =
      values.body === undefined ? { msgtype: 'text', text: { content } } : readFields('--body', values.body);
    const body = { ...given, touser };
    return printAnswer(values.account, terminal, (api) => callByPath(api, SEND_PATH, body));
  },
};
