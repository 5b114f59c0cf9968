import type { Values } from './variables.js';

/** Metrics and alarms, as configured. Durations in ms; a threshold of 0 turns its alarm off. */
export interface OperationsConfig {
  readonly metrics: { readonly enabled: boolean; readonly key: string | undefined };
  readonly alarms: {
    readonly webhookUrls: readonly string[];
    readonly timeouts: number;
    readonly refusals: number;
    readonly unavailable: number;
    readonly unheard: number;
    readonly dead_letters: number;
    readonly handler_errors: number;
    readonly tokenAfterMs: number;
    readonly backlogAfterMs: number;
    readonly storageAfterMs: number;
    readonly silenceMinMs: number;
    /** Share of a day's calls, 0 to 1. */
    readonly quotaAbove: number;
    readonly diskBelowBytes: number;
  };
}

export function readOperationsConfig(values: Values): OperationsConfig {
  return {
    metrics: { enabled: values.METRICS, key: values.METRICS_KEY },
    alarms: {
      webhookUrls: values.ALARM_WEBHOOK_URLS ?? [],
      timeouts: values.ALARM_TIMEOUTS,
      refusals: values.ALARM_REFUSALS,
      unavailable: values.ALARM_UNAVAILABLE,
      unheard: values.ALARM_UNHEARD,
      dead_letters: values.ALARM_DEAD_LETTERS,
      handler_errors: values.ALARM_HANDLER_ERRORS,
      tokenAfterMs: values.ALARM_TOKEN_S * 1_000,
      backlogAfterMs: values.ALARM_BACKLOG_S * 1_000,
      storageAfterMs: values.ALARM_STORAGE_S * 1_000,
      silenceMinMs: values.ALARM_SILENCE_MIN * 60_000,
      quotaAbove: values.ALARM_QUOTA_PERCENT / 100,
      diskBelowBytes: values.ALARM_DISK_MB * 1_048_576,
    },
  };
}
