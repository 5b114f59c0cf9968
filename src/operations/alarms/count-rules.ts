import type { Clock } from '../../ports/clock.js';
import type { ServerEvent } from '../../ports/events.js';
import { SlidingCount } from '../sliding-count.js';
import type { AlarmBoard, AlarmKey } from './alarm-board.js';
import { ALARM_TEXTS } from './alarm-texts.js';

const WINDOW_MS = 5 * 60_000;
/** An alarm over a count ends when the count falls below this part of its threshold. */
const ENDS_BELOW = 0.5;
/** Counts that alarms tell apart (reasons, handlers) are kept for so many; further ones share one. */
const MAX_COUNTS = 500;

/** How many within five minutes begin an alarm; 0 turns it off. */
export interface CountThresholds {
  readonly timeouts: number;
  readonly refusals: number;
  readonly unavailable: number;
  readonly unheard: number;
  readonly dead_letters: number;
  readonly handler_errors: number;
}

export type CountedAlarm = keyof CountThresholds;

/** Counts what happens, and raises the alarms that are about how often something happens within five minutes. */
export class CountRules {
  readonly #clock: Clock;
  readonly #board: AlarmBoard;
  readonly #thresholds: CountThresholds;
  readonly #counts = new Map<string, { key: AlarmKey & { alarm: CountedAlarm }; count: SlidingCount }>();
  /** Pushes left open on purpose make two failures each, and are one push. */
  readonly #held = new Set<string>();

  constructor(clock: Clock, board: AlarmBoard, thresholds: CountThresholds) {
    this.#clock = clock;
    this.#board = board;
    this.#thresholds = thresholds;
  }

  hear(event: ServerEvent): void {
    switch (event.type) {
      case 'attempt.failed':
        if (event.sort === 'timeout') this.#add('timeouts', event.account);
        return;
      case 'push.answered':
        if (event.outcome === 'unavailable') this.#add('unavailable', event.account);
        if (event.outcome === 'held' && this.#isNewlyHeld(event.pushId)) this.#add('timeouts', event.account);
        return;
      case 'request.refused':
        if (event.signed) this.#add('refusals', event.account, event.reason);
        return;
      case 'answer.unheard':
        return this.#add('unheard', event.account);
      case 'dead-letter.stored':
        return this.#add('dead_letters', event.account, event.reason);
      case 'handler.ended':
        if (event.result === 'threw') this.#add('handler_errors', event.account, event.handler);
        return;
      default:
        return;
    }
  }

  /** Ends what is over. To be called every few seconds. */
  tick(): void {
    for (const [id, { key, count }] of this.#counts) {
      const total = count.total();
      if (this.#board.isInForce(key) && total < this.#thresholds[key.alarm] * ENDS_BELOW)
        this.#board.clear(key);
      if (total === 0) this.#counts.delete(id);
    }
  }

  #add(alarm: CountedAlarm, account: string, about = ''): void {
    const threshold = this.#thresholds[alarm];
    if (threshold === 0) return;
    const key = { alarm, account, about };
    const id = `${alarm}\n${account}\n${about}`;
    let entry = this.#counts.get(id);
    if (entry === undefined) {
      if (this.#counts.size >= MAX_COUNTS) return;
      entry = { key, count: new SlidingCount(this.#clock, WINDOW_MS) };
      this.#counts.set(id, entry);
    }
    entry.count.add();
    const total = entry.count.total();
    if (total >= threshold) this.#board.raise(key, total, () => ALARM_TEXTS[alarm]({ count: total, about }));
  }

  #isNewlyHeld(pushId: string): boolean {
    if (this.#held.has(pushId)) return false;
    if (this.#held.size >= MAX_COUNTS) this.#held.clear();
    this.#held.add(pushId);
    return true;
  }
}
