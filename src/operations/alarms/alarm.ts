/** Every alarm that there is. When each begins: docs/operations.md. */
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
] as const;

export type AlarmName = (typeof ALARMS)[number];

/** What an alarm says to the person who has to act, in Chinese and English. Never a secret or the text of a user. */
export interface AlarmText {
  readonly says: { readonly zh: string; readonly en: string };
  readonly cure: { readonly zh: string; readonly en: string };
}

/** An alarm that is in force. */
export interface Alarm extends AlarmText {
  readonly alarm: AlarmName;
  /** Name of the account; '' where it concerns all. */
  readonly account: string;
  /** Tells alarms of one name apart, such as the reason of dead letters. '' where there is one only. */
  readonly about: string;
  readonly sinceMs: number;
  /** How often within its window, or how long in seconds, when it was last looked at. */
  readonly count: number;
}

/** What happened to an alarm: each of these is told to people once. */
export type AlarmNotice = { readonly phase: 'began' | 'goes-on' | 'ended'; readonly alarm: Alarm };
