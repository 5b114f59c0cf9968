import { hostname } from 'node:os';
import type { Clock } from '../../ports/clock.js';
import type { Events } from '../../ports/events.js';
import type { HttpClient } from '../../ports/http-client.js';
import type { Logger } from '../../ports/logger.js';
import type { EventListener } from '../event-bus.js';
import { AlarmBoard } from './alarm-board.js';
import type { Alarm, AlarmNotice } from './alarm.js';
import { CountRules, type CountThresholds } from './count-rules.js';
import { ALARM_TEXTS } from './alarm-texts.js';
import type { SilenceHistory } from './silence.js';
import { SilenceRule } from './silence-rule.js';
import { StateRule } from './state-rule.js';
import { TokenRules } from './token-rules.js';
import { createWebhooks, type WebhookResult } from './webhooks.js';

export interface AlarmSettings extends CountThresholds {
  readonly webhookUrls: readonly string[];
  readonly tokenAfterMs: number;
  readonly backlogAfterMs: number;
  readonly storageAfterMs: number;
  /** 0: silence is no alarm. */
  readonly silenceMinMs: number;
  /** Part of a day's calls, 0 to 1. */
  readonly quotaAbove: number;
  readonly diskBelowBytes: number;
}

/** What alarms look up from time to time. What rejects is not looked at this time. */
export interface AlarmSources {
  readonly lateJobs: () => Promise<{ readonly oldestAgeMs: number }>;
  readonly storage: () => { readonly degraded: boolean; readonly failing: boolean };
  /** Free bytes where DATA_DIR is. */
  readonly freeBytes: () => Promise<number>;
  /** Used part of a day's calls, 0 to 1. What cannot be asked is left out. */
  readonly quotas: (
    inUse: readonly ApiInUse[],
  ) => Promise<readonly { readonly account: string; readonly api: string; readonly used: number }[]>;
  /** What is known of pushes of before this process, and by other processes. */
  readonly silence: {
    read(account: string): Promise<SilenceHistory | undefined>;
    write(account: string, history: SilenceHistory): Promise<void>;
  };
}

/** An API that this process called since the quotas were asked for last. */
export interface ApiInUse {
  readonly account: string;
  readonly api: string;
}

export interface Alarms {
  readonly listener: EventListener;
  inForce(): readonly Alarm[];
  /** Posts a message of no consequence to each webhook. */
  test(): Promise<readonly WebhookResult[]>;
  start(): void;
  stop(): void;
}

const TICK_MS = 10_000;
const QUOTA_EVERY_MS = 10 * 60_000;
/** Asking for a quota is no use of an API. */
const QUOTA_PATH = '/cgi-bin/openapi/quota/get';

/** Watches the server from inside and tells people before WeChat does (docs/operations.md). */
export function createAlarms(deps: {
  readonly settings: AlarmSettings;
  readonly accounts: readonly { readonly name: string; readonly appId: string }[];
  readonly sources: AlarmSources;
  readonly events: Events;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Logger;
}): Alarms {
  const { settings, accounts, sources, events, http, clock, log } = deps;
  const webhooks = createWebhooks({ urls: settings.webhookUrls, http, clock, log });
  const board = new AlarmBoard(clock, tell);
  const counts = new CountRules(clock, board, settings);
  const tokens = new TokenRules(clock, board, settings.tokenAfterMs);
  const silence = new SilenceRule({
    clock,
    board,
    accounts,
    minMs: settings.silenceMinMs,
    ...sources.silence,
  });
  const backlog = new StateRule(board, clock, 'late_backlog', 0);
  const storage = new StateRule(board, clock, 'storage', settings.storageAfterMs);
  const space = new StateRule(board, clock, 'storage', 0);
  const quota = new StateRule(board, clock, 'quota', 0);
  let cancel: (() => void) | undefined;
  let quotaAtMs = clock.now();
  const apisInUse = new Map<string, ApiInUse>();

  function tell(notice: AlarmNotice): void {
    const { alarm: name, account, about, count, says, cure } = notice.alarm;
    const fields = { alarm: name, account, about, count, cure: cure.en };
    if (notice.phase === 'ended') log.info(fields, `alarm ended: ${says.en}`);
    else log.error(fields, `alarm: ${says.en}`);
    if (notice.phase === 'began') events.emit({ type: 'alarm.raised', account, alarm: name });
    webhooks.post(notice, contextOf(account));
  }

  function contextOf(account: string): { appId: string; host: string } {
    return { appId: accounts.find(({ name }) => name === account)?.appId ?? '', host: hostname() };
  }

  async function lookUp(): Promise<void> {
    const { degraded, failing } = sources.storage();
    storage.look(degraded && settings.storageAfterMs > 0, {
      about: 'redis',
      detail: 'Redis 不可用 / Redis is away',
    });
    storage.look(failing && settings.storageAfterMs > 0, {
      about: 'journal',
      detail: '日志无法写入 / the journal cannot be written',
    });
    await sources.freeBytes().then(
      (bytes) =>
        space.look(bytes < settings.diskBelowBytes, {
          about: 'space',
          detail: `DATA_DIR ${Math.round(bytes / 1_048_576)} MB`,
        }),
      () => undefined,
    );
    await sources.lateJobs().then(
      ({ oldestAgeMs }) =>
        backlog.look(oldestAgeMs >= settings.backlogAfterMs && settings.backlogAfterMs > 0),
      () => undefined,
    );
    if (settings.quotaAbove > 0 && clock.now() - quotaAtMs >= QUOTA_EVERY_MS) {
      quotaAtMs = clock.now();
      const inUse = [...apisInUse.values()];
      apisInUse.clear();
      const used = await sources.quotas(inUse).catch(() => []);
      for (const { account, api, used: part } of used)
        quota.look(part >= settings.quotaAbove, { account, about: api });
    }
    await silence.tick();
  }

  function tick(): void {
    counts.tick();
    tokens.tick();
    lookUp()
      .catch((error: unknown) => log.warn({ err: error }, 'alarm check failed: it is made again'))
      .finally(() => {
        if (cancel !== undefined) cancel = clock.schedule(TICK_MS, tick, { background: true });
      });
  }

  return {
    listener(event) {
      counts.hear(event);
      tokens.hear(event);
      silence.hear(event);
      if (event.type === 'api.called' && event.result === 'ok' && event.api !== QUOTA_PATH)
        apisInUse.set(`${event.account}\n${event.api}`, { account: event.account, api: event.api });
    },
    inForce: () => board.inForce(),
    test() {
      const text = ALARM_TEXTS.late_backlog({ count: 0 });
      const says = { zh: '这是一条测试告警，收到即表示配置正确', en: 'a test: nothing is wrong' };
      const cure = { zh: '无需处理', en: 'nothing is to be done' };
      const alarm: Alarm = {
        ...text,
        alarm: 'late_backlog',
        account: '',
        about: 'test',
        sinceMs: clock.now(),
        count: 0,
        says,
        cure,
      };
      return webhooks.tryAll({ phase: 'began', alarm }, contextOf(accounts[0]?.name ?? ''));
    },
    start() {
      cancel ??= clock.schedule(TICK_MS, tick, { background: true });
    },
    stop() {
      cancel?.();
      cancel = undefined;
      webhooks.stop();
    },
  };
}
