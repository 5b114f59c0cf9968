import { exitCodes, UsageInvalid, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';
import { readAge } from '../read-age.js';

/** Problem reports as WeChat's support asks for them (关于反馈问题). */
export const report: Command = {
  name: 'report',
  summary: {
    en: 'what went wrong lately, and the text that WeChat’s support asks for (问题反馈)',
    zh: '最近出了什么问题，以及反馈给微信的文本（问题反馈）',
  },
  usage: {
    en: `Usage: wechat-callback report [ID | --last] [--since 2h] [--errcode N] [--user OPENID] [--lang zh|en] [--json]

Without ID: lists the failed API calls, refused requests, dead letters and alarms of the last seven days. With ID, or --last
for the newest: prints the text to paste into WeChat's 反馈信息, without secrets and without what users wrote.

  --last      the newest that matches the other options
  --since     only those of the last 30m, 2h, 3d
  --errcode   only those with this errcode
  --user      only those about this OpenID
  --rid       asks WeChat what it knows of the rid, and adds the answer
  --lang      zh or en (default: the list by LANG, the text to paste zh)
  --account   name or AppID of the account that is asked about the rid (default: the first)
  --json      the same as JSON

Exit codes: 0 found, 1 none found, 2 usage, 78 configuration.`,
    zh: `用法：wechat-callback report [ID | --last] [--since 2h] [--errcode N] [--user OPENID] [--lang zh|en] [--json]

不写 ID：列出最近七天失败的接口调用、被拒绝的请求、死信和告警。写上 ID，或者用 --last 选最新的一条：输出可以贴到微信
“反馈信息”里的文本，不含密钥，也不含用户写的内容。

  --last      符合其他选项的最新一条
  --since     只看最近 30m、2h、3d 的
  --errcode   只看这个错误码的
  --user      只看这个 OpenID 的
  --rid       向微信查询这个 rid，把结果也写进去
  --lang      zh 或 en（默认：列表看 LANG，反馈的文本用 zh）
  --account   查询 rid 所用账号的名称或 AppID（默认第一个）
  --json      同样的内容，JSON 格式

退出码：0 有，1 没有，2 用法错误，78 配置有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        last: { type: 'boolean', default: false },
        since: { type: 'string' },
        errcode: { type: 'string' },
        user: { type: 'string' },
        rid: { type: 'boolean', default: false },
        account: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
      { positionals: 1 },
    );
    const sinceMs = values.since === undefined ? undefined : Date.now() - readAge(values.since);
    const errcode = values.errcode === undefined ? undefined : readErrcode(values.errcode);
    // Loaded here, so that the other commands start without the server.
    const { readTroubles, formatTroubles, reportOf } = await import('./troubles.js');
    const all = await readTroubles(terminal);
    const fitting = all.filter(
      (trouble) =>
        (sinceMs === undefined || trouble.atMs >= sinceMs) &&
        (errcode === undefined || trouble.errcode === errcode) &&
        (values.user === undefined || trouble.user === values.user),
    );
    const [id] = positionals;
    const wanted =
      id === undefined ? (values.last ? fitting[0] : undefined) : all.find((one) => one.id === id);
    if (id === undefined && !values.last) {
      terminal.out(
        values.json ? JSON.stringify(fitting, undefined, 2) : formatTroubles(fitting, terminal.language),
      );
      return fitting.length > 0 ? exitCodes.ok : exitCodes.failed;
    }
    if (wanted === undefined) {
      terminal.err(
        id === undefined
          ? { en: 'No trouble matches.', zh: '没有符合条件的问题。' }
          : { en: `There is no trouble ${id}.`, zh: `没有编号为 ${id} 的问题。` },
      );
      return exitCodes.failed;
    }
    // WeChat's support reads Chinese, whatever the terminal speaks.
    const text = await reportOf(wanted, terminal.askedLanguage ?? 'zh', {
      askRid: values.rid,
      account: values.account,
      terminal,
    });
    terminal.out(values.json ? JSON.stringify({ ...wanted, report: text }, undefined, 2) : text);
    return exitCodes.ok;
  },
};

function readErrcode(text: string): number {
  if (!/^-?\d{1,7}$/.test(text))
    throw new UsageInvalid({
      en: `--errcode ${text}: a number such as 45015.`,
      zh: `--errcode ${text}：应为数字，例如 45015。`,
    });
  return Number(text);
}
