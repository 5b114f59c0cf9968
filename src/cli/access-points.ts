import { createHttpClient } from '../adapters/http/http-client.js';
import type { OutgoingProxy } from '../adapters/http/outgoing-proxy.js';
import {
  failuresOf,
  measureAccessPoints,
  recommendedOrder,
  type MeasuredPoint,
} from '../api/access-points/measure.js';
import { ConfigInvalid, loadDotEnv } from '../config/config.js';
import { readTextFile } from '../config/text-file.js';
import { readValues } from '../config/variable-source.js';
import type { Language, Words } from '../protocol/words.js';
import { systemClock } from '../ports/clock.js';
import { exitCodes, UsageInvalid, type Command } from './command.js';
import { parseOptions } from './parse-options.js';

const MAX_ROUNDS = 1_000;

/** Measures WeChat's hosts from this machine, and recommends an order for the configuration. */
export const accessPoints: Command = {
  name: 'access-points',
  summary: {
    en: "measures WeChat's API hosts and recommends their order",
    zh: '测量微信接口的接入点，推荐排列顺序',
  },
  usage: {
    en: `Usage: wechat-callback access-points [--rounds N] [--json]

Sends every host of WECHAT_API_BASE_URLS a minimal request (no account, no token and no quota is needed), each time
over a new connection, and prints the medians in milliseconds: name lookup, connection, TLS, answer. Unless that is
set, they are WeChat's own hosts, whatever runs on this machine.

  --rounds N  how often each is asked, 1 to ${MAX_ROUNDS}; default 5
  --json      the same as JSON

Exit codes: 0 every host answers, 1 one or more do not, 2 usage, 78 configuration.`,
    zh: `用法：wechat-callback access-points [--rounds N] [--json]

向 WECHAT_API_BASE_URLS 里的每个接入点发几乎不耗资源的请求（不需要账号和 access_token，不占额度），每次都新建连接，
显示中位数，单位毫秒：域名解析、连接、TLS、应答。没有设置这个变量时，测量微信自己的接入点，不管本机上运行着什么。

  --rounds N  每个接入点请求几次，1 到 ${MAX_ROUNDS}，默认 5
  --json      同样的内容，JSON 格式

退出码：0 每个接入点都有应答，1 有的没有，2 用法错误，78 配置有误。`,
  },

  async run(args, terminal) {
    const { values } = parseOptions(args, {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
    });
    const rounds = Number(values.rounds);
    if (!/^\d+$/.test(values.rounds) || rounds < 1 || rounds > MAX_ROUNDS) {
      throw new UsageInvalid({
        en: `--rounds ${values.rounds} is not a number from 1 to ${MAX_ROUNDS}.`,
        zh: `--rounds ${values.rounds}：应为 1 到 ${MAX_ROUNDS} 的整数。`,
      });
    }
    const { urls, proxy } = configured();
    const deps = { http: createHttpClient(proxy), clock: systemClock };
    const points = await measureAccessPoints(urls, rounds, deps, showProgress(rounds, terminal.language));
    const order = recommendedOrder(points).map(({ url }) => url);
    if (values.json) terminal.out(JSON.stringify({ rounds, points, recommended: order }, undefined, 2));
    else
      terminal.out(
        `${formatPoints(points, terminal.language)}\n\n${advice(points, order)[terminal.language]}`,
      );
    return points.every((point) => failuresOf(point) === 0) ? exitCodes.ok : exitCodes.failed;
  },
};

/** Reads only the hosts and the proxy, because no account is needed. @throws ConfigInvalid */
function configured(): { readonly urls: readonly string[]; readonly proxy: OutgoingProxy | undefined } {
  loadDotEnv();
  const faults: Words[] = [];
  const values = readValues(process.env, readTextFile, faults);
  const ours = faults.filter(
    (fault) => fault.en.startsWith('WECHAT_API_BASE_URLS') || fault.en.startsWith('HTTPS_PROXY'),
  );
  if (ours.length > 0) throw new ConfigInvalid(ours);
  const { WECHAT_API_BASE_URLS: urls, HTTPS_PROXY: url, NO_PROXY: bypass = [] } = values;
  return { urls, proxy: url === undefined ? undefined : { url, bypass } };
}

const HEAD = {
  en: ['HOST', 'DNS', 'CONNECT', 'TLS', 'ANSWER', 'TOTAL', 'ANSWERED', 'FAILED'],
  zh: ['接入点', '域名解析', '连接', 'TLS', '应答', '合计', '成功', '失败'],
} as const;

/** Formats the table: one line per host, numbers right-aligned. */
export function formatPoints(points: readonly MeasuredPoint[], language: Language = 'en'): string {
  const ms = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(1));
  const rows = [
    HEAD[language],
    ...points.map((point) => [
      point.url.replace(/^https:\/\//, ''),
      ms(point.dnsMs),
      ms(point.connectMs),
      ms(point.tlsMs),
      ms(point.answerMs),
      ms(point.totalMs),
      String(point.answered),
      Object.entries(point.failures)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(', ') || '-',
    ]),
  ];
  const last = (rows[0]?.length ?? 0) - 1;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number) => {
    if (column === last) return text;
    return column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  };
  return rows.map((row) => row.map(cell).join('  ')).join('\n');
}

function advice(points: readonly MeasuredPoint[], order: readonly string[]): Words {
  if (points.every(({ answered }) => answered === 0)) {
    return {
      en: 'No host answers: can this machine reach the internet? Is there a proxy or firewall in between?',
      zh: '没有一个接入点应答：本机能访问互联网吗？中间有代理或防火墙吗？',
    };
  }
  if (points.every(({ url }, index) => url === order[index]))
    return { en: 'The current order is the best.', zh: '现在的顺序就是最好的。' };
  const line = `WECHAT_API_BASE_URLS=${order.join(',')}`;
  return { en: `Recommended:\n${line}`, zh: `推荐：\n${line}` };
}

/** Shows a progress line on a terminal, if it takes long enough. */
function showProgress(rounds: number, language: Language): (done: number) => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  const startMs = performance.now();
  return (done) => {
    const tookMs = performance.now() - startMs;
    if (done === rounds) stderr.write('\r\u001B[K');
    else if (tookMs > 1_000) {
      const leftS = Math.ceil((tookMs / done / 1_000) * (rounds - done));
      const rate = (done / (tookMs / 1_000)).toFixed(1);
      const line = {
        en: `${done} of ${rounds} rounds, ${rate} a second, about ${leftS} s left`,
        zh: `${done}/${rounds} 轮，每秒 ${rate} 轮，大约还要 ${leftS} 秒`,
      };
      stderr.write(`\r\u001B[K${line[language]}`);
    }
  };
}
