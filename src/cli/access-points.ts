import { createHttpClient } from '../adapters/http/http-client.js';
import {
  failuresOf,
  measureAccessPoints,
  recommendedOrder,
  type MeasuredPoint,
} from '../api/access-points/measure.js';
import { ConfigInvalid, loadDotEnv } from '../config.js';
import { readTextFile } from '../config/text-file.js';
import { readValues } from '../config/variable-source.js';
import { systemClock } from '../ports/clock.js';
import { exitCodes, UsageInvalid, type Command } from './command.js';
import { parseOptions } from './parse-options.js';

const MAX_ROUNDS = 1_000;

/** Measures WeChat's hosts from here, and says in which order to configure them. */
export const accessPoints: Command = {
  name: 'access-points',
  summary: "measures WeChat's API hosts and recommends their order",
  usage: `Usage: wechat-callback access-points [--rounds N] [--json]

Asks every host of WECHAT_API_BASE_URLS for next to nothing (no account, no token and no quota is needed), each time
over a new connection, and prints the medians in milliseconds: look-up of the name, connection, TLS, answer. Unless that is
set, they are WeChat's own hosts, whatever runs on this machine.

  --rounds N  how often each is asked, 1 to ${MAX_ROUNDS}; default 5
  --json      the same as JSON

Exit codes: 0 every host answers, 1 one or more do not, 2 usage, 78 configuration.`,

  async run(args, terminal) {
    const { values } = parseOptions(args, {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
    });
    const rounds = Number(values.rounds);
    if (!/^\d+$/.test(values.rounds) || rounds < 1 || rounds > MAX_ROUNDS) {
      throw new UsageInvalid(`--rounds ${values.rounds} is no number from 1 to ${MAX_ROUNDS}.`);
    }
    const urls = configuredUrls();
    const deps = { http: createHttpClient(), clock: systemClock };
    const points = await measureAccessPoints(urls, rounds, deps, showProgress(rounds));
    const order = recommendedOrder(points).map(({ url }) => url);
    if (values.json) terminal.out(JSON.stringify({ rounds, points, recommended: order }, undefined, 2));
    else terminal.out(`${formatPoints(points)}\n\n${advice(points, order)}`);
    return points.every((point) => failuresOf(point) === 0) ? exitCodes.ok : exitCodes.failed;
  },
};

/** No account is needed for this, so only what concerns the hosts is complained of. @throws ConfigInvalid */
function configuredUrls(): readonly string[] {
  loadDotEnv();
  const faults: string[] = [];
  const { WECHAT_API_BASE_URLS: urls } = readValues(process.env, readTextFile, faults);
  const ours = faults.filter((fault) => fault.startsWith('WECHAT_API_BASE_URLS'));
  if (ours.length > 0) throw new ConfigInvalid(ours);
  return urls;
}

/** The table for people: one line a host, numbers to the right. */
export function formatPoints(points: readonly MeasuredPoint[]): string {
  const ms = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(1));
  const rows = [
    ['HOST', 'DNS', 'CONNECT', 'TLS', 'ANSWER', 'TOTAL', 'ANSWERED', 'FAILED'],
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

function advice(points: readonly MeasuredPoint[], order: readonly string[]): string {
  if (points.every(({ answered }) => answered === 0)) {
    return 'No host answers: is there a way to the internet from here, a proxy or a firewall in between?';
  }
  if (points.every(({ url }, index) => url === order[index])) return 'The order is right as it is.';
  return `Recommended:\nWECHAT_API_BASE_URLS=${order.join(',')}`;
}

/** A line that counts, where a person is looking and it takes long enough to look. */
function showProgress(rounds: number): (done: number) => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  const startMs = performance.now();
  return (done) => {
    const tookMs = performance.now() - startMs;
    if (done === rounds) stderr.write('\r\u001B[K');
    else if (tookMs > 1_000) {
      const leftS = Math.ceil((tookMs / done / 1_000) * (rounds - done));
      const rate = (done / (tookMs / 1_000)).toFixed(1);
      stderr.write(`\r\u001B[K${done} of ${rounds} rounds, ${rate} a second, about ${leftS} s left`);
    }
  };
}
