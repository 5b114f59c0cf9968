import type { Words } from '../../protocol/words.js';
import type { Clock } from '../../ports/clock.js';
import type { AlarmBoard } from './alarm-board.js';
import { ALARM_TEXTS } from './alarm-texts.js';
import type { AlarmName } from './alarm.js';

/** Facts about a state: `about` tells states of one account apart; `detail` is one sentence without secrets. */
export interface StateFacts {
  readonly account?: string;
  readonly about?: string;
  readonly detail?: Words;
  /** Number in the text. Default: the seconds for which the state has lasted. */
  readonly count?: number;
}

/** Raises an alarm about a state that has lasted long enough, and ends it. A threshold of 0 turns it off. */
export class StateRule {
  readonly #board: AlarmBoard;
  readonly #clock: Clock;
  readonly #alarm: AlarmName;
  readonly #afterMs: number;
  readonly isOn: boolean;
  readonly #since = new Map<string, number>();

  /** `threshold`: the setting of the alarm. `afterMs`: required duration of the state. Default: 0. */
  constructor(board: AlarmBoard, clock: Clock, alarm: AlarmName, threshold: number, afterMs = 0) {
    this.#board = board;
    this.#clock = clock;
    this.#alarm = alarm;
    this.#afterMs = afterMs;
    this.isOn = threshold > 0;
  }

  look(holds: boolean, { account = '', about = '', detail, count }: StateFacts = {}): void {
    if (!this.isOn) return;
    const key = { alarm: this.#alarm, account, about };
    const id = `${account}\n${about}`;
    if (!holds) {
      this.#since.delete(id);
      this.#board.clear(key);
      return;
    }
    const nowMs = this.#clock.now();
    const sinceMs = this.#since.get(id) ?? nowMs;
    this.#since.set(id, sinceMs);
    if (nowMs - sinceMs < this.#afterMs) return;
    const counted = count ?? (nowMs - sinceMs) / 1_000;
    this.#board.raise(key, counted, () => ALARM_TEXTS[this.#alarm]({ count: counted, about, detail }));
  }
}
