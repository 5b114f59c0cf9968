import { OFFICIAL_NAMES } from '../../api/catalogue/official-names.js';
import { exitCodes, UsageInvalid, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';
import { formatColumns } from '../table.js';
import { printAnswer, required } from './print-answer.js';
import { readBody } from './read-body.js';

const METHODS = ['GET', 'POST'] as const;

/** Calls one API of WeChat's. */
export const call: Command = {
  name: 'call',
  summary: {
    en: 'calls a WeChat API by its path',
    zh: '按路径调用微信的一个接口',
  },
  usage: {
    en: `Usage: wechat-callback call PATH [--body FILE|JSON]
       wechat-callback call --list [WORD]

Calls an API with the access token of the token centre, and prints the answer as JSON. PATH begins with a slash, may have
a query and needs no access_token: /cgi-bin/user/info?openid=oAbc. For APIs in the catalogue, limits are checked first,
calls with a monthly budget are counted, and 64-bit ids are printed as strings. A refusal is explained, with advice.

  --body        JSON, a file with JSON, or - for standard input
  --method      GET or POST; default: that of the catalogue, else POST with a body and GET without
  --over-budget makes the call even if its monthly budget is used up or counted elsewhere
  --list        lists the known paths with their names in WeChat's documentation; WORD filters them
  --account     name or AppID of the account (default: the first)

Exit codes: 0 success, 1 refused or no answer, 2 usage, 78 configuration.`,
    zh: `用法：wechat-callback call 路径 [--body 文件|JSON]
      wechat-callback call --list [关键字]

用中控的 access_token 调用接口，并把返回结果显示成 JSON。路径以斜杠开头，可以带查询参数，不用写 access_token：
/cgi-bin/user/info?openid=oAbc。收录的接口先检查各项限制，每月只有几次的接口会计数，64 位的 ID 按字符串显示。微信拒绝
时说明原因和办法。

  --body        JSON、JSON 文件的路径，或者 - 表示标准输入
  --method      GET 或 POST；默认按收录的写法，没有收录时有请求体用 POST，没有用 GET
  --over-budget 即使当月次数已用完，或者由别处计数，也照样调用
  --list        列出已知的路径和文档里的名称；写了关键字就只列包含它的
  --account     账号的名称或 AppID（默认第一个）

退出码：0 微信返回成功，1 微信拒绝或没有应答，2 用法错误，78 配置有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        account: { type: 'string' },
        body: { type: 'string' },
        list: { type: 'boolean', default: false },
        method: { type: 'string' },
        'over-budget': { type: 'boolean', default: false },
      },
      { positionals: 1 },
    );
    if (values.list) {
      const [word = ''] = positionals;
      const rows = Object.entries(OFFICIAL_NAMES)
        .map(([path, name]) => [path, name[terminal.language]])
        .filter((row) => row.join(' ').toLowerCase().includes(word.toLowerCase()));
      terminal.out(formatColumns(rows));
      return rows.length > 0 ? exitCodes.ok : exitCodes.failed;
    }
    const [target = ''] = required({ PATH: positionals[0] });
    const { path, query } = readTarget(target);
    const method = values.method === undefined ? undefined : methodOf(values.method);
    const body = values.body === undefined ? undefined : readBody('--body', values.body);
    const { callByPath } = await import('../../api/call-by-path.js');
    return printAnswer(values.account, terminal, (api) =>
      callByPath(api, path, body, {
        query,
        overBudget: values['over-budget'],
        ...(method !== undefined && { method }),
      }),
    );
  },
};

function methodOf(text: string): (typeof METHODS)[number] {
  const method = METHODS.find((known) => known === text.toUpperCase());
  if (method !== undefined) return method;
  throw new UsageInvalid({
    en: `--method ${text}: GET or POST.`,
    zh: `--method ${text}：只能是 GET 或 POST。`,
  });
}

function readTarget(target: string): { path: string; query: Readonly<Record<string, string>> } {
  const [path = '', search = ''] = target.split('?', 2);
  if (!path.startsWith('/'))
    throw new UsageInvalid({
      en: `${path}: a path begins with a slash, such as /cgi-bin/user/info.`,
      zh: `${path}：路径要以斜杠开头，例如 /cgi-bin/user/info。`,
    });
  const query = Object.fromEntries(new URLSearchParams(search));
  if ('access_token' in query)
    throw new UsageInvalid({
      en: 'The access_token is added by this command: leave it out.',
      zh: 'access_token 由本命令加上，请不要写。',
    });
  return { path, query };
}
