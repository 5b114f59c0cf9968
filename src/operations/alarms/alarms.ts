import { hostname } from 'node:os';
import type { Clock } from '../../ports/clock.js';
import { inBoth } from '../../protocol/words.js';
import type { Events, ServerEvent } from '../../ports/events.js';
import type { HttpClient } from '../../ports/http-client.js';
import type { Logger } from '../../ports/logger.js';
import type { EventListener } from '../event-bus.js';
import { AlarmBoard } from './alarm-board.js';
import { ALARM_TEXTS } from './alarm-texts.js';
import type { Alarm, AlarmNotice } from './alarm.js';
import { CountRules, type CountThresholds } from './count-rules.js';
import { testNotice } from './test-notice.js';
import type { SilenceHistory } from './silence.js';
import { QuotaRule, type ApiInUse, type QuotaUse } from './quota-rule.js';
import { SilenceRule } from './silence-rule.js';
import { StateRule } from './state-rule.js';
import { TokenRules } from './token-rules.js';
import { createWebhooks, type WebhookResult } from './webhooks.js';

export interface AlarmSettings extends CountThresholds {
  readonly webhookUrls: readonly string[];
  readonly tokenAfterMs: number;
  readonly backlogAfterMs: number;
  readonly storageAfterMs: number;
  /** 0 turns the alarm off. */
  readonly silenceMinMs: number;
  /** Share of a day's calls, 0 to 1. */
  readonly quotaAbove: number;
  readonly diskBelowBytes: number;
}

/** Sources that alarms read periodically. A source that rejects is skipped in that round. */
export interface AlarmSources {
  readonly lateJobs: () => Promise<{ readonly oldestAgeMs: number }>;
  readonly storage: () => {
    readonly degraded: boolean;
    readonly failing: boolean;
    /** True if Redis may evict accepted work when its memory is full. */
    readonly evicts?: boolean;
  };
  /** True if the recording stopped after a write error. */
  readonly recordingFailed: () => boolean;
  /** Free bytes on the file system of DATA_DIR. */
  readonly freeBytes: () => Promise<number>;
  /** Reads the used share of a day's calls, 0 to 1. Omits APIs without an answer. */
  readonly quotas: (inUse: readonly ApiInUse[]) => Promise<readonly QuotaUse[]>;
  /** Times of pushes in earlier and in other processes. */
  readonly silence: {
    read(account: string): Promise<SilenceHistory | undefined>;
    write(account: string, history: SilenceHistory): Promise<void>;
  };
}

export interface Alarms {
  readonly listener: EventListener;
  inForce(): readonly Alarm[];
  /** Posts a test message to each webhook. */
  test(): Promise<readonly WebhookResult[]>;
  start(): void;
  stop(): void;
}

const TICK_MS = 10_000;
/** Watches the server from inside and raises alarms before WeChat does (docs/operations.md). */
export function createAlarms(deps: {
  readonly settings: AlarmSettings;
  readonly accounts: () => readonly { readonly name: string; readonly appId: string }[];
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
  const { backlogAfterMs, storageAfterMs, diskBelowBytes, quotaAbove } = settings;
  // Requires two checks in a row, because an expired mailbox answer is also due for a moment.
  const backlog = new StateRule(board, clock, 'late_backlog', backlogAfterMs, TICK_MS);
  const storage = new StateRule(board, clock, 'storage', storageAfterMs, storageAfterMs);
  const space = new StateRule(board, clock, 'storage', diskBelowBytes);
  const quota = new QuotaRule({ board, clock, above: quotaAbove, ask: sources.quotas, events });
  let cancel: (() => void) | undefined;

  function tell(notice: AlarmNotice): void {
    const { alarm: name, account, about, count, says, cure } = notice.alarm;
    const fields = { alarm: name, account, about, count, cure: cure.en };
    if (notice.phase === 'ended') log.info(fields, `alarm ended: ${says.en}`);
    else log.error(fields, `alarm: ${says.en}`);
    if (notice.phase === 'began') events.emit({ type: 'alarm.raised', account, alarm: name });
    webhooks.post(notice, contextOf(account));
  }

  function hearSettings(event: ServerEvent): void {
    if (event.type !== 'settings.reloaded') return;
    const key = { alarm: 'settings', account: '' } as const;
    if (event.result === 'failed') board.raise(key, 1, () => ALARM_TEXTS.settings({ count: 1 }));
    else board.clear(key);
  }

  function contextOf(account: string): { appId: string; host: string } {
    return { appId: accounts().find(({ name }) => name === account)?.appId ?? '', host: hostname() };
  }

  async function lookUp(): Promise<void> {
    const { degraded, failing, evicts = false } = sources.storage();
    storage.look(degraded, { about: 'redis', detail: { zh: 'Redis 不可用', en: 'Redis is away' } });
    storage.look(failing, {
      about: 'journal',
      detail: { zh: 'journal 无法写入', en: 'the journal cannot be written' },
    });
    space.look(evicts && storageAfterMs > 0, {
      about: 'eviction',
      detail: {
        zh: 'Redis 内存满时会淘汰已接收的任务，maxmemory-policy 要设为 noeviction',
        en: 'Redis may evict accepted work: set maxmemory-policy noeviction',
      },
    });
    space.look(sources.recordingFailed() && settings.storageAfterMs > 0, {
      about: 'recording',
      detail: {
        zh: '录制已停止，RECORD_DIR 无法写入',
        en: 'the recording stopped: RECORD_DIR cannot be written',
      },
    });
    await sources.freeBytes().then(
      (bytes) => {
        const left = `DATA_DIR ${Math.round(bytes / 1_048_576)} MB`;
        space.look(bytes < diskBelowBytes, { about: 'space', detail: inBoth(left) });
      },
      () => undefined,
    );
    await sources.lateJobs().then(
      ({ oldestAgeMs }) => backlog.look(oldestAgeMs >= backlogAfterMs, { count: oldestAgeMs / 1_000 }),
      () => undefined,
    );
    await quota.tick();
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
      quota.hear(event);
      hearSettings(event);
    },
    inForce: () => board.inForce(),
    test: () => webhooks.tryAll(testNotice(clock.now()), contextOf(accounts()[0]?.name ?? '')),
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
