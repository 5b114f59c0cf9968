import { after, duration } from '../../../page-kit/format.js';

/** WeChat waits this long for each attempt. */
export const LIMIT_MS = 5_000;
/** Length of the ruler; later marks are at its edge. */
const LONGEST_MS = 30_000;

/**
 * Lays out a push on a time axis that begins with its first attempt. Positions and widths are percent of the axis.
 *
 * @param late  chat items that were sent later by API
 */
export function layRuler(exchange, late, nowMs) {
  const start = exchange.tries[0]?.startedAtMs ?? exchange.atMs;
  const ends = exchange.tries.map((one) => (one.endedAtMs ?? Math.max(nowMs, one.startedAtMs)) - start);
  const delays = late.map((item) => item.afterMs ?? item.atMs - start);
  const wanted = Math.max(LIMIT_MS, ...ends, ...delays.map((ms) => ms * 1.04));
  const spanMs = Math.min(LONGEST_MS, Math.ceil(wanted / 1_000) * 1_000);
  const percent = (ms) => Math.min(100, Math.max(0, (ms / spanMs) * 100));

  return {
    spanMs,
    ticks: ticksTo(spanMs).map((ms) => ({
      left: percent(ms),
      label: `${ms / 1_000}`,
      limit: ms === LIMIT_MS,
    })),
    tries: exchange.tries.map((one, place) => {
      const from = one.startedAtMs - start;
      const tookMs = ends[place] - from;
      return {
        number: one.number,
        outcome: one.outcome,
        left: percent(from),
        width: Math.max(0.6, percent(ends[place]) - percent(from)),
        limitWidth: percent(from + LIMIT_MS) - percent(from),
        label: duration(tookMs),
        stages: layStages(one.stages ?? [], tookMs),
      };
    }),
    late: late.map((item, place) => ({
      id: item.id,
      left: percent(delays[place]),
      label: after(delays[place]),
      beyond: delays[place] > spanMs,
    })),
  };
}

function ticksTo(spanMs) {
  const step = spanMs <= 10_000 ? 1_000 : 5_000;
  return Array.from({ length: Math.floor(spanMs / step) + 1 }, (_, place) => place * step);
}

/**
 * Lays out stages one after the other, in percent of the attempt; they are cut if they sum up to more than its
 * duration.
 */
function layStages(stages, tookMs) {
  let from = 0;
  return stages
    .filter(({ durationMs }) => durationMs !== undefined && tookMs > 0)
    .map(({ name, durationMs }) => {
      const left = Math.min(100, (from / tookMs) * 100);
      from += durationMs;
      return { name, durationMs, left, width: Math.min(100 - left, (durationMs / tookMs) * 100) };
    });
}
