import type { Clock } from '../../ports/clock.js';
import type { Alarm, AlarmName, AlarmNotice, AlarmText } from './alarm.js';

/** Interval of notices of an active alarm. */
const REPEAT_MS = 3_600_000;

export interface AlarmKey {
  readonly alarm: AlarmName;
  readonly account: string;
  readonly about?: string;
}

/** Holds the active alarms. A notice is sent when an alarm begins, when it ends, and at most hourly in between. */
export class AlarmBoard {
  readonly #clock: Clock;
  readonly #tell: (notice: AlarmNotice) => void;
  readonly #inForce = new Map<string, { alarm: Alarm; toldAtMs: number }>();

  constructor(clock: Clock, tell: (notice: AlarmNotice) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Lists the active alarms, oldest first. */
  inForce(): readonly Alarm[] {
    return [...this.#inForce.values()].map(({ alarm }) => alarm);
  }

  isInForce(key: AlarmKey): boolean {
    return this.#inForce.has(idOf(key));
  }

  /** Called while the condition holds: begins the alarm or updates its count. `text` is called for notices only. */
  raise(key: AlarmKey, count: number, text: () => AlarmText): void {
    const nowMs = this.#clock.now();
    const id = idOf(key);
    const known = this.#inForce.get(id);
    if (known === undefined) {
      const { alarm: name, account, about = '' } = key;
      const alarm: Alarm = { alarm: name, account, about, sinceMs: nowMs, count, ...text() };
      this.#inForce.set(id, { alarm, toldAtMs: nowMs });
      this.#tell({ phase: 'began', alarm });
      return;
    }
    const isDue = nowMs - known.toldAtMs >= REPEAT_MS;
    known.alarm = { ...known.alarm, count, ...(isDue && text()) };
    if (!isDue) return;
    known.toldAtMs = nowMs;
    this.#tell({ phase: 'goes-on', alarm: known.alarm });
  }

  /** Called when the condition no longer holds. */
  clear(key: AlarmKey): void {
    const id = idOf(key);
    const known = this.#inForce.get(id);
    if (known === undefined) return;
    this.#inForce.delete(id);
    this.#tell({ phase: 'ended', alarm: known.alarm });
  }
}

const idOf = ({ alarm, account, about = '' }: AlarmKey): string => `${alarm}\n${account}\n${about}`;
