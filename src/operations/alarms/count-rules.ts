import type { Clock } from '../../ports/clock.js';
import type { ServerEvent } from '../../ports/events.js';
import { SlidingCount } from '../sliding-count.js';
import type { AlarmBoard, AlarmKey } from './alarm-board.js';
import { ALARM_TEXTS } from './alarm-texts.js';

const WINDOW_MS = 5 * 60_000;
/** An alarm about a count ends when the count falls below this share of its threshold. */
const ENDS_BELOW = 0.5;
/** Limit of separate counts (by reason or handler); further ones share one count. */
const MAX_COUNTS = 500;

/** Thresholds within five minutes; 0 turns an alarm off. */
export interface CountThresholds {
  readonly timeouts: number;
  readonly refusals: number;
  readonly unavailable: number;
  readonly unheard: number;
  readonly dead_letters: number;
  readonly handler_errors: number;
}

export type CountedAlarm = keyof CountThresholds;

/** Counts events, and raises the alarms about their number within five minutes. */
export class CountRules {
  readonly #clock: Clock;
  readonly #board: AlarmBoard;
  readonly #thresholds: CountThresholds;
  readonly #counts = new Map<string, { key: AlarmKey & { alarm: CountedAlarm }; count: SlidingCount }>();
  /** Held pushes; each makes two failures, but counts once. */
  readonly #held = new Set<string>();
  /** Pushes whose answer did not arrive; each has up to three attempts, but counts once. */
  readonly #unheard = new Set<string>();

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
        if (event.outcome === 'held' && isNew(this.#held, event.pushId)) this.#add('timeouts', event.account);
        return;
      case 'request.refused':
        if (event.signed && event.probe === undefined) this.#add('refusals', event.account, event.reason);
        return;
      case 'answer.unheard':
        if (isNew(this.#unheard, event.pushId)) this.#add('unheard', event.account);
        return;
      case 'dead-letter.stored':
        return this.#add('dead_letters', event.account, event.reason);
      case 'handler.ended':
        if (event.result === 'threw') this.#add('handler_errors', event.account, event.handler);
        return;
      default:
        return;
    }
  }

  /** Ends alarms that are over. Call it every few seconds. */
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
}

/** Adds an id to a bounded set. False: it was there already. */
function isNew(ids: Set<string>, id: string): boolean {
  if (ids.has(id)) return false;
  if (ids.size >= MAX_COUNTS) ids.clear();
  ids.add(id);
  return true;
}
