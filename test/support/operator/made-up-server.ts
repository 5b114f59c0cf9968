import type { HourFigures, MinuteFigures } from '../../../src/operations/last-hour.js';
import type { ListedProcess } from '../../../src/operations/process-list.js';
import type { ListedTrouble } from '../../../src/operations/troubles/trouble.js';
import type { Alarm } from '../../../src/operations/alarms/alarm.js';
import { ALARM_TEXTS } from '../../../src/operations/alarms/alarm-texts.js';
import type { DeadLetter } from '../../../src/ports/state-store.js';
import { textPush } from '../../../src/index.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Fake data of a server for the operator's page: for its layout, and for states that are hard to produce. */
export interface MadeUpServer {
  readonly status: object;
  readonly hour: HourFigures;
  readonly letters: readonly DeadLetter[];
  readonly troubles: readonly ListedTrouble[];
  readonly processes: readonly ListedProcess[];
  readonly alarms: readonly Alarm[];
}

function deadLetter(id: string, about: Partial<DeadLetter>): DeadLetter {
  return {
    id,
    appId: 'wx5823bf96d3bd56c7',
    pushId: id,
    user: '',
    kind: 'message.text',
    handler: '',
    reason: 'window-closed',
    detail: '',
    channel: 'customer-service',
    atMs: 0,
    runs: 1,
    push: textPush({ content: '我的订单到哪了？', msgId: id }).raw,
    messages: [{ msgtype: 'text', text: { content: '订单已经发出，预计明天送到。' } }],
    ...about,
  };
}

/** An hour that rises and falls, with a bad patch twenty minutes ago where `isTroubled`. */
function hour(nowMs: number, isTroubled: boolean): HourFigures {
  const first = Math.floor(nowMs / MINUTE_MS) - 59;
  const minutes = Array.from({ length: 60 }, (_, n): MinuteFigures => {
    const wave = Math.round(14 + 8 * Math.sin(n / 7) + 3 * Math.sin(n * 1.7));
    const isBad = isTroubled && n > 36 && n < 43;
    return {
      atMs: (first + n) * MINUTE_MS,
      pushes: {
        replied: Math.max(1, isBad ? wave - 9 : wave),
        silent: 1 + (n % 3),
        deferred: n % 4,
        ...(n % 5 === 0 && { adopted: 2 }),
        ...(isBad && { threw: 3 + (n % 3), refused: 2 }),
        ...(n % 11 === 0 && { remembered: 1 }),
      },
      p50Ms: Math.round(11 + 4 * Math.sin(n / 5) + (isBad ? 140 : 0)),
      p99Ms: Math.round(170 + 60 * Math.sin(n / 3) + (isBad ? 4_200 : 0)),
    };
  });
  return { minutes, p50Ms: 12, p99Ms: isTroubled ? 4_310 : 220 };
}

const handler = (name: string, on: string, calls: number, p50Ms: number, p99Ms: number) => ({
  name,
  on: [on],
  calls,
  errors: 0,
  p50Ms,
  p99Ms,
});

function status(nowMs: number, isTroubled: boolean): object {
  const token = { channel: 'stable', expiresAtMs: nowMs + 96 * MINUTE_MS, forcedLeft: 20 };
  const lastAcceptedAt = new Date(nowMs - 4_000).toISOString();
  const point = (host: string, answerMs: number, answered: number) => ({
    host,
    isCurrent: answered > 0,
    trust: 'trusted',
    answerMs,
    answered,
    failed: 0,
  });
  return {
    status: isTroubled ? 'degraded' : 'ready',
    uptimeS: 3 * 86_400 + 7_260,
    version: '0.1.0',
    process: { id: 4211, role: 'all', node: 'v20.19.0' },
    accounts: [
      {
        name: 'shop',
        appId: 'wx5823bf96d3bd56c7',
        cipherMode: 'safe',
        lateReply: { channel: 'customer-service', why: 'granted' },
        token,
        lastAcceptedAt,
      },
      {
        name: 'campus',
        appId: 'wx9a4c2e07b1d6f830',
        cipherMode: 'compatible',
        lateReply: { channel: 'passive-only', why: 'denied' },
        token: isTroubled
          ? { channel: 'stable', trouble: '40164: invalid ip 203.0.113.7, not in whitelist' }
          : token,
        lastAcceptedAt,
      },
    ],
    storage: {
      kind: 'redis',
      dataDir: '/var/lib/wechat-callback',
      degraded: isTroubled,
      failing: false,
      ...(isTroubled && { since: new Date(nowMs - 7 * MINUTE_MS).toISOString() }),
      spilledRecords: isTroubled ? 42 : 0,
      journalBytes: 3_481_600,
      freeBytes: 41_231_686_042,
    },
    lateWork: {
      waiting: isTroubled ? 17 : 0,
      delayed: 3,
      inMailbox: 12,
      active: isTroubled ? 4 : 1,
      ...(isTroubled && { oldestPushAtMs: nowMs - 155_000 }),
    },
    accessPoints: {
      points: [
        point('api.weixin.qq.com', 38, 1_204),
        isTroubled
          ? {
              ...point('sh.api.weixin.qq.com', 61, 0),
              trust: 'failed',
              failed: 3,
              answerMs: undefined,
              lastFailure: { kind: 'connect-timeout', atMs: nowMs - 4 * MINUTE_MS },
            }
          : point('sh.api.weixin.qq.com', 61, 0),
        { ...point('sz.api.weixin.qq.com', 212, 0), trust: 'slow' },
      ],
      switches: 0,
    },
    handlers: [
      handler('help', 'message.text', 318, 1, 4),
      isTroubled
        ? {
            ...handler('order', 'message.text', 207, 84, 4_310),
            errors: 26,
            lastError: { name: 'TimeoutError', atMs: nowMs - 17 * MINUTE_MS },
          }
        : handler('order', 'message.text', 207, 84, 940),
      handler('weather', 'message.text', 96, 12, 260),
      handler('welcome', 'event.subscribe', 41, 2, 9),
      handler('menu', 'event.click', 0, 0, 0),
    ],
    refusals: isTroubled
      ? [
          {
            account: 'shop',
            reason: 'signature_mismatch',
            count: 12,
            signed: true,
            lastAtMs: nowMs - 18 * MINUTE_MS,
            remote: '203.0.113.9',
          },
          {
            account: 'shop',
            reason: 'signature_missing',
            count: 31,
            signed: false,
            lastAtMs: nowMs - 90_000,
            remote: '198.51.100.4',
          },
        ]
      : [],
  };
}

function letters(nowMs: number): DeadLetter[] {
  const users = [
    'oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA',
    'oX4mJ6v1Yp8d3TgHsKfMwQz7BnEc',
    'oX4mJ6hR5uWj0LkPxVbNtC2DsGaf',
  ];
  return Array.from({ length: 50 }, (_, n) => {
    const about = { user: users[n % 3] ?? '', atMs: nowMs - (n + 1) * 7 * MINUTE_MS, handler: 'order' };
    if (n % 10 === 9)
      return deadLetter(`msg-${n}`, {
        ...about,
        reason: 'unknown',
        detail: 'the request left, and no answer came',
      });
    if (n % 3 === 2)
      return deadLetter(`msg-${n}`, {
        ...about,
        handler: 'weather',
        reason: 'later_threw',
        detail: 'TimeoutError',
      });
    return deadLetter(`msg-${n}`, {
      ...about,
      detail: 'response out of time limit or subscription is canceled',
      errcode: 45015,
      rid: `6750a1f3-0cd4e5b${n}`,
    });
  });
}

function troubles(nowMs: number): ListedTrouble[] {
  const base = { appId: 'wx5823bf96d3bd56c7', account: 'shop', firstAtMs: nowMs - 5 * HOUR_MS };
  return [
    {
      ...base,
      id: 't91',
      sort: 'api',
      what: '/cgi-bin/message/custom/send',
      errcode: 45015,
      errmsg: 'response out of time limit or subscription is canceled rid: 6750a1f3-0cd4e5b1-7e0c2f14',
      rid: '6750a1f3-0cd4e5b1-7e0c2f14',
      user: 'oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA',
      atMs: nowMs - 9 * MINUTE_MS,
      count: 34,
    },
    {
      ...base,
      id: 't90',
      account: 'campus',
      sort: 'api',
      what: '/cgi-bin/stable_token',
      errcode: 40164,
      errmsg: 'invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist',
      atMs: nowMs - 11 * MINUTE_MS,
      count: 6,
    },
    { ...base, id: 't88', sort: 'alarm', what: 'handler_errors', atMs: nowMs - 19 * MINUTE_MS, count: 1 },
    {
      ...base,
      id: 't87',
      sort: 'refusal',
      what: 'signature_mismatch',
      atMs: nowMs - 18 * MINUTE_MS,
      count: 12,
    },
    {
      ...base,
      id: 't80',
      sort: 'dead-letter',
      what: 'later_threw',
      handler: 'weather',
      detail: 'TimeoutError',
      atMs: nowMs - 2 * HOUR_MS,
      count: 16,
    },
  ];
}

const alarms = (nowMs: number): Alarm[] => [
  {
    alarm: 'token',
    account: 'campus',
    about: '',
    sinceMs: nowMs - 9 * MINUTE_MS,
    count: 540,
    ...ALARM_TEXTS.token({
      count: 540,
      detail: {
        zh: 'errcode 40164：把 203.0.113.7 加入公众平台的 IP 白名单',
        en: 'errcode 40164: add 203.0.113.7 to the IP whitelist',
      },
    }),
  },
  {
    alarm: 'late_backlog',
    account: '',
    about: '',
    sinceMs: nowMs - 35_000,
    count: 155,
    ...ALARM_TEXTS.late_backlog({ count: 155 }),
  },
];

const process = (
  id: string,
  host: string,
  pid: number,
  role: 'web' | 'worker' | 'all',
  nowMs: number,
): ListedProcess => ({
  id,
  host,
  pid,
  role,
  version: '0.1.0',
  startedAtMs: nowMs - 3 * 86_400_000,
  seenAtMs: nowMs,
  isSelf: id === '1',
});

/** All is well. */
export function healthyServer(nowMs: number): MadeUpServer {
  return {
    status: { ...status(nowMs, false), alarms: [] },
    hour: hour(nowMs, false),
    letters: [],
    troubles: [],
    processes: [process('1', 'web-1', 4211, 'all', nowMs)],
    alarms: [],
  };
}

/** As much goes wrong as can at once: 50 dead letters, two alarms, a token that cannot be had, Redis away. */
export function troubledServer(nowMs: number): MadeUpServer {
  return {
    status: { ...status(nowMs, true), alarms: alarms(nowMs) },
    hour: hour(nowMs, true),
    letters: letters(nowMs),
    troubles: troubles(nowMs),
    processes: [
      process('1', 'web-1', 4211, 'all', nowMs),
      process('2', 'web-2', 4187, 'web', nowMs),
      process('3', 'worker-1', 1733, 'worker', nowMs),
    ],
    alarms: alarms(nowMs),
  };
}
