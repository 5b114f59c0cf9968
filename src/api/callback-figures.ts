import type { Clock } from '../ports/clock.js';
import type { CatalogueCalls } from './catalogue/catalogue.js';

/** WeChat's figures of our callback on one day (被动回复概要数据). */
export interface CallbackDay {
  /** `2026-01-31`, in Beijing. */
  readonly date: string;
  readonly pushes: number;
  /** Pushes with an invalid, a late or no answer. */
  readonly failed: number;
  /** The page names no unit; figures of real accounts look like milliseconds. */
  readonly averageTime: number;
  readonly longestTime: number;
}

const BEIJING_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const ASK_INTERVAL_MS = 3_600_000;

/**
 * Reads WeChat's own count of yesterday's pushes, if known. It never waits: the call is made in the background, at most
 * once an hour. Accounts without permission for statistics have none.
 */
export function createCallbackFigures(deps: {
  readonly statistics: Pick<CatalogueCalls['statistics'], 'callbacks'>;
  /** False: there is no token yet, and none is fetched for this purpose. */
  readonly hasToken: () => Promise<boolean>;
  readonly clock: Clock;
}): () => CallbackDay | undefined {
  const { statistics, hasToken, clock } = deps;
  let known: CallbackDay | undefined;
  let askedAtMs = -Infinity;

  async function refresh(date: string): Promise<void> {
    if (!(await hasToken())) {
      askedAtMs = -Infinity;
      return;
    }
    const { list } = await statistics.callbacks({ begin_date: date, end_date: date });
    const [day] = list;
    known =
      day === undefined
        ? { date, pushes: 0, failed: 0, averageTime: 0, longestTime: 0 }
        : {
            date,
            pushes: day.callback_count,
            failed: day.fail_count,
            averageTime: day.callback_count === 0 ? 0 : Math.round(day.total_time_cost / day.callback_count),
            longestTime: day.max_time_cost,
          };
  }

  return () => {
    const nowMs = clock.now();
    const date = new Date(nowMs + BEIJING_MS - DAY_MS).toISOString().slice(0, 10);
    if (known?.date !== date && nowMs - askedAtMs >= ASK_INTERVAL_MS) {
      askedAtMs = nowMs;
      refresh(date).catch(() => {}); // not counted yet, no right, or WeChat is away: an hour later again
    }
    return known;
  };
}
