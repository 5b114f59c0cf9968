import { z } from 'zod';
import { trimmed, wholeNumber } from './value-schemas.js';
import type { Variable } from './variable.js';

const threshold = (fallback: string, meaning: string) =>
  ({
    schema: wholeNumber(0, 1_000_000),
    allowed: { en: 'a whole number (0: off)', zh: '整数（0 表示关闭）' },
    fallback,
    meaning,
  }) as const satisfies Variable;

const webhookUrl = trimmed.refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text));

/** Variables of metrics and alarms; see docs/operations.md. */
export const operationsVariables = {
  METRICS: {
    schema: trimmed.toLowerCase().pipe(z.stringbool()),
    allowed: { en: '1 or 0 (true or false, on or off)', zh: '1 或 0（也可以写 true 或 false、on 或 off）' },
    fallback: '1',
    meaning: 'Collect metrics for GET /metrics of the admin listener.',
  },
  METRICS_KEY: {
    schema: trimmed.min(1),
    allowed: { en: 'a text', zh: '任意文本' },
    without: 'ADMIN_KEY, if it is set',
    secret: true,
    meaning: 'A key that opens GET /metrics of the admin listener, and nothing else.',
  },
  ALARM_WEBHOOK_URLS: {
    schema: trimmed
      .transform((text) =>
        text
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      )
      .pipe(z.array(webhookUrl).min(1)),
    allowed: {
      en: 'one http(s) URL or several, separated by commas',
      zh: '一个或多个 http(s) URL，用逗号分隔',
    },
    without: 'alarms go to the log and the metrics only',
    secret: true,
    meaning:
      'Where alarms are posted: group robots of WeCom, Feishu and DingTalk, or any other address (JSON).',
  },
  ALARM_TIMEOUTS: threshold('10', 'Alarm: pushes without an answer within 5 s, in 5 minutes.'),
  ALARM_REFUSALS: threshold('10', 'Alarm: signed requests that are refused, in 5 minutes.'),
  ALARM_UNAVAILABLE: threshold('3', 'Alarm: pushes answered with 503, in 5 minutes.'),
  ALARM_UNHEARD: threshold(
    '10',
    'Alarm: pushes that WeChat repeats although they were answered, in 5 minutes.',
  ),
  ALARM_DEAD_LETTERS: threshold('5', 'Alarm: dead letters with one reason, in 5 minutes.'),
  ALARM_HANDLER_ERRORS: threshold('5', 'Alarm: errors thrown by one handler, in 5 minutes.'),
  ALARM_TOKEN_S: threshold('120', 'Alarm: no valid access token for this long. Seconds.'),
  ALARM_BACKLOG_S: threshold('120', 'Alarm: the oldest late answer has waited this long. Seconds.'),
  ALARM_STORAGE_S: threshold('30', 'Alarm: Redis has been unavailable for this long. Seconds.'),
  ALARM_SILENCE_MIN: threshold(
    '30',
    'Alarm: no push for at least this long, and far longer than usual. Minutes.',
  ),
  ALARM_QUOTA_PERCENT: threshold('90', 'Alarm: this share of the daily quota of an API is used. Percent.'),
  ALARM_DISK_MB: threshold('200', 'Alarm: less free space than this where DATA_DIR is. MB.'),
} as const satisfies Record<string, Variable>;
