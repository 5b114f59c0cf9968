import { exitCodes, UsageInvalid, type Command } from './command.js';
import { parseOptions } from './parse-options.js';

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Problem reports as WeChat's support asks for them (关于反馈问题). */
export const report: Command = {
  name: 'report',
  summary: 'what went wrong lately, and the text that WeChat’s support asks for (问题反馈)',
  usage: `Usage: wechat-callback report [ID | --last] [--since 2h] [--errcode N] [--user OPENID] [--lang zh|en] [--json]

Without ID: lists the failed API calls, refused requests, dead letters and alarms of the last seven days. With ID, or --last
for the newest: prints the text to paste into WeChat's 反馈信息, without secrets and without what users wrote.

  --last      the newest that fits the other options
  --since     only those of the last 30m, 2h, 3d
  --errcode   only those with this errcode
  --user      only those about this OpenID
  --rid       asks WeChat what it knows of the rid, and adds the answer
  --lang      zh (default) or en
  --account   name or AppID of the account that is asked about the rid (default: the first)
  --json      the same as JSON

Exit codes: 0 there are some, 1 there is none, 2 usage, 78 configuration.`,

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        last: { type: 'boolean', default: false },
        since: { type: 'string' },
        errcode: { type: 'string' },
        user: { type: 'string' },
        rid: { type: 'boolean', default: false },
        lang: { type: 'string', default: 'zh' },
        account: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
      { positionals: 1 },
    );
    const { lang } = values;
    if (lang !== 'zh' && lang !== 'en') throw new UsageInvalid(`--lang ${lang}: zh or en.`);
    const sinceMs = values.since === undefined ? undefined : Date.now() - readAge(values.since);
    const errcode = values.errcode === undefined ? undefined : readErrcode(values.errcode);
    // Loaded here, so that the other commands start without the server.
    const { readTroubles, formatTroubles, reportOf } = await import('./report/troubles.js');
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
      terminal.out(values.json ? JSON.stringify(fitting, undefined, 2) : formatTroubles(fitting, lang));
      return fitting.length > 0 ? exitCodes.ok : exitCodes.failed;
    }
    if (wanted === undefined) {
      terminal.err(id === undefined ? 'There is no trouble that fits.' : `There is no trouble ${id}.`);
      return exitCodes.failed;
    }
    const text = await reportOf(wanted, lang, {
      askRid: values.rid,
      account: values.account,
      terminal,
    });
    terminal.out(values.json ? JSON.stringify({ ...wanted, report: text }, undefined, 2) : text);
    return exitCodes.ok;
  },
};

function readAge(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (unit !== 'm' && unit !== 'h' && unit !== 'd')
    throw new UsageInvalid(`--since ${text}: such as 30m, 2h or 3d.`);
  return Number(count) * UNITS_MS[unit];
}

function readErrcode(text: string): number {
  if (!/^-?\d{1,7}$/.test(text)) throw new UsageInvalid(`--errcode ${text}: a number such as 45015.`);
  return Number(text);
}
