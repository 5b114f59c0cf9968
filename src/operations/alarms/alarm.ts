/** All alarms. docs/operations.md lists their conditions. */
export const ALARMS = [
  'timeouts',
  'refusals',
  'unavailable',
  'unheard',
  'silence',
  'token',
  'foreign_refresher',
  'quota',
  'dead_letters',
  'late_backlog',
  'storage',
  'handler_errors',
  'settings',
] as const;

export type AlarmName = (typeof ALARMS)[number];

/** Name used by `alarms test`. It differs from all alarms, so that no filter takes it for one. */
export const TEST_ALARM = 'test';

/** Texts of an alarm for the operator, in Chinese and English. They never hold a secret or the text of a user. */
export interface AlarmText {
  readonly says: { readonly zh: string; readonly en: string };
  readonly cure: { readonly zh: string; readonly en: string };
}

/** An active alarm. */
export interface Alarm extends AlarmText {
  readonly alarm: AlarmName | typeof TEST_ALARM;
  /** Name of the account; '' if it concerns all. */
  readonly account: string;
  /** Distinguishes alarms of one name, for example by the reason of dead letters. '' if there is only one. */
  readonly about: string;
  readonly sinceMs: number;
  /** Number within its window, or duration in seconds, at the last check. */
  readonly count: number;
}

/** A change of an alarm; webhooks get each one once. */
export type AlarmNotice = { readonly phase: 'began' | 'goes-on' | 'ended' | 'test'; readonly alarm: Alarm };
