import type { Credential } from '../api/credential.js';
import type { TokenStatus } from '../api/token-keeper.js';
import { readConfigForTrying, type AccountConfig } from '../config/config.js';
import { exitCodes, UsageInvalid, type Command } from './command.js';
import { findAccount } from './find-account.js';
import { describeTokenConflict } from '../api/token-conflict.js';
import { inBoth, type Language } from '../protocol/words.js';
import { formatColumns } from './table.js';
import { parseOptions } from './parse-options.js';
import { logWarnings } from './warning-logger.js';

const SHOWN_CHARACTERS = 6;

/** Shows or replaces the account's access token. */
export const token: Command = {
  name: 'token',
  summary: {
    en: 'shows the access token, or refreshes it',
    zh: '显示 access_token，或者刷新它',
  },
  usage: {
    en: `Usage: wechat-callback token show [--account <name>] [--reveal] [--json]
       wechat-callback token refresh [--account <name>] [--force] [--reveal] [--json]

Asks the running server with this configuration; if there is none, works on its store. show fetches nothing.

  --account  name or AppID of the account (default: the first)
  --reveal   the whole token; without it, its first ${SHOWN_CHARACTERS} characters
  --force    refresh: the current token is invalid at once, which may affect running calls; 20 a day, 30 s apart.
             Without it the stable channel returns the same token as long as it is valid
  --json     the same as JSON`,
    zh: `用法：wechat-callback token show [--account 名称] [--reveal] [--json]
      wechat-callback token refresh [--account 名称] [--force] [--reveal] [--json]

向使用这份配置的服务查询；没有服务在运行时，直接读写它的存储。show 不会向微信获取。

  --account  账号的名称或 AppID（默认第一个）
  --reveal   显示完整的 access_token；否则只显示前 ${SHOWN_CHARACTERS} 个字符
  --force    用于 refresh：现在的 access_token 立即失效，正在进行的调用可能受影响；每天 20 次，间隔 30 秒。
             不加 --force 时，stable 接口在有效期内一直返回同一个 access_token
  --json     同样的内容，JSON 格式`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        account: { type: 'string' },
        reveal: { type: 'boolean', default: false },
        force: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
      { positionals: 1 },
    );
    const [action] = positionals;
    if (action !== 'show' && action !== 'refresh')
      throw new UsageInvalid({
        en: 'Say what to do: show or refresh.',
        zh: '要做什么？请写 show 或 refresh。',
      });
    if (values.force && action === 'show')
      throw new UsageInvalid({ en: '--force goes with refresh.', zh: '--force 只能和 refresh 一起用。' });
    const { config } = readConfigForTrying();
    const account = findAccount(config, values.account);
    // Loaded here, so that the other commands start without the server.
    const { openTokenClient } = await import('./token-client.js');
    const client = await openTokenClient(config, account.appId, logWarnings(terminal));
    try {
      const held = action === 'refresh' ? await client.refresh(values.force) : undefined;
      const status = await client.status();
      const isThere = status.expiresAtMs !== undefined && status.expiresAtMs > Date.now();
      const current = held ?? (isThere ? await client.current() : undefined);
      const view = toView(account, client.place.en, status, current, values.reveal);
      const { place } = client;
      terminal.out(
        values.json
          ? JSON.stringify(view, undefined, 2)
          : { en: format(view, place.en, 'en'), zh: format(view, place.zh, 'zh') },
      );
      return exitCodes.ok;
    } finally {
      await client.close();
    }
  },
};

type View = ReturnType<typeof toView>;

function toView(
  { name, appId }: AccountConfig,
  source: string,
  { channel, forcedLeft, superseded, trouble }: TokenStatus,
  current: Credential | undefined,
  reveal: boolean,
) {
  return {
    account: name,
    appId,
    source,
    channel,
    ...(current !== undefined && {
      accessToken: reveal ? current.value : `${current.value.slice(0, SHOWN_CHARACTERS)}…`,
      length: current.value.length,
      expiresAt: new Date(current.expiresAtMs).toISOString(),
      expiresInS: Math.max(0, Math.floor((current.expiresAtMs - Date.now()) / 1_000)),
    }),
    ...(forcedLeft !== undefined && { forcedLeft }),
    ...(superseded !== undefined && {
      superseded: { ...superseded, lastAt: new Date(superseded.lastAtMs).toISOString() },
    }),
    ...(trouble !== undefined && { trouble }),
  };
}

function format(view: View, source: string, language: Language): string {
  const { account, appId, channel, accessToken, length, expiresAt, expiresInS, forcedLeft } = view;
  const words = LINES[language];
  const lines: (readonly [string, string])[] = [
    [words.account, `${account} (${appId})`],
    [words.source, source],
    [words.channel, channel],
    [words.token, accessToken === undefined ? words.none : words.held(accessToken, length ?? 0)],
  ];
  if (expiresAt !== undefined) lines.push([words.expires, words.expiresIn(expiresInS ?? 0, expiresAt)]);
  if (forcedLeft !== undefined) lines.push([words.forced, words.forcedLeft(forcedLeft)]);
  if (view.superseded !== undefined) {
    const { times, lastAt } = view.superseded;
    const advice =
      channel === 'server' ? inBoth(view.superseded.advice) : describeTokenConflict(channel, times);
    lines.push([words.beware, words.superseded(advice[language], times, lastAt)]);
  }
  if (view.trouble !== undefined) lines.push([words.trouble, view.trouble]);
  return formatColumns(lines);
}

/** Hours and minutes, or minutes and seconds. */
const parts = (seconds: number) => {
  const minutes = Math.floor(seconds / 60);
  return { h: Math.floor(minutes / 60), min: minutes % 60, s: seconds % 60 };
};

const LINES = {
  en: {
    account: 'account',
    source: 'source',
    channel: 'channel',
    token: 'token',
    none: 'none yet: the first API call fetches one',
    held: (value: string, length: number) => `${value} (${length} characters)`,
    expires: 'expires',
    expiresIn: (seconds: number, at: string) => {
      const { h, min, s } = parts(seconds);
      return `in ${h > 0 ? `${h} h ${min} min` : `${min} min ${s} s`}, at ${at}`;
    },
    forced: 'forced',
    forcedLeft: (count: number) => `${count} refreshes by force left today`,
    beware: 'beware',
    superseded: (advice: string, times: number, at: string) => `${advice} (${times} times, last at ${at})`,
    trouble: 'trouble',
  },
  zh: {
    account: '账号',
    source: '来源',
    channel: '获取方式',
    token: 'access_token',
    none: '还没有：第一次调用接口时获取',
    held: (value: string, length: number) => `${value}（${length} 个字符）`,
    expires: '过期',
    expiresIn: (seconds: number, at: string) => {
      const { h, min, s } = parts(seconds);
      return `${h > 0 ? `${h} 小时 ${min} 分` : `${min} 分 ${s} 秒`}之后，即 ${at}`;
    },
    forced: '强制刷新',
    forcedLeft: (count: number) => `今天还可以 ${count} 次`,
    beware: '注意',
    superseded: (advice: string, times: number, at: string) => `${advice}（${times} 次，最近一次 ${at}）`,
    trouble: '问题',
  },
} as const;
