import type { Clock } from '../../ports/clock.js';
import type { Alarm, AlarmName, AlarmNotice, AlarmText } from './alarm.js';

/** Between two notices of an alarm that goes on. */
const REPEAT_MS = 3_600_000;

export interface AlarmKey {
  readonly alarm: AlarmName;
  readonly account: string;
  readonly about?: string;
}

/** Holds the alarms in force. Each is told when it begins, when it ends, and at most once an hour in between. */
export class AlarmBoard {
  readonly #clock: Clock;
  readonly #tell: (notice: AlarmNotice) => void;
  readonly #inForce = new Map<string, { alarm: Alarm; toldAtMs: number }>();

  constructor(clock: Clock, tell: (notice: AlarmNotice) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** The oldest first. */
  inForce(): readonly Alarm[] {
    return [...this.#inForce.values()].map(({ alarm }) => alarm);
  }

  isInForce(key: AlarmKey): boolean {
    return this.#inForce.has(idOf(key));
  }

  /** The condition holds: begins the alarm, or brings its count up to date. `text` is asked for at notices only. */
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

  /** The condition holds no longer. */
  clear(key: AlarmKey): void {
    const id = idOf(key);
    const known = this.#inForce.get(id);
    if (known === undefined) return;
    this.#inForce.delete(id);
    this.#tell({ phase: 'ended', alarm: known.alarm });
  }
}

const idOf = ({ alarm, account, about = '' }: AlarmKey): string => `${alarm}\n${account}\n${about}`;
