import type { Clock } from '../../ports/clock.js';
import type { AlarmBoard } from './alarm-board.js';
import { ALARM_TEXTS } from './alarm-texts.js';
import type { AlarmName } from './alarm.js';

/** Raises or ends an alarm about a state, by whether it has lasted for long enough. */
export class StateRule {
  readonly #board: AlarmBoard;
  readonly #clock: Clock;
  readonly #alarm: AlarmName;
  readonly #afterMs: number;
  readonly #since = new Map<string, number>();

  constructor(board: AlarmBoard, clock: Clock, alarm: AlarmName, afterMs: number) {
    this.#board = board;
    this.#clock = clock;
    this.#alarm = alarm;
    this.#afterMs = afterMs;
  }

  /** `about`: tells states of one account apart. `detail`: one sentence, without secrets. */
  look(holds: boolean, { account = '', about = '', detail = '' } = {}): void {
    const key = { alarm: this.#alarm, account, about };
    const id = `${account}\n${about}`;
    if (!holds) {
      this.#since.delete(id);
      return this.#board.clear(key);
    }
    const nowMs = this.#clock.now();
    const sinceMs = this.#since.get(id) ?? nowMs;
    this.#since.set(id, sinceMs);
    const seconds = (nowMs - sinceMs) / 1_000;
    if (nowMs - sinceMs < this.#afterMs) return undefined;
    return this.#board.raise(key, seconds, () => ALARM_TEXTS[this.#alarm]({ count: seconds, about, detail }));
  }
}
