import { groupSums, sumOf } from './outcomes.js';

/** Width and height of the drawings, stretched to their box. */
export const WIDTH = 600;
export const HEIGHT = 120;

/** The shortest and longest answer time on the scale, which is logarithmic. */
const LEAST_MS = 1;
const MOST_MS = 10_000;

/** Returns the end of a scale from 0: a round number. */
export function niceEnd(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  const fitting = [1, 2, 3, 4, 5, 6, 8].find((step) => step * power >= value) ?? 10;
  return fitting * power;
}

/** Computes stacked bars, one per minute: `{ end, bars: [{ x, width, parts: [{ group, y, height }] }] }`. */
export function layBars(minutes) {
  const end = niceEnd(Math.max(...minutes.map(({ pushes }) => sumOf(pushes))));
  const step = WIDTH / minutes.length;
  return {
    end,
    bars: minutes.map(({ pushes }, place) => {
      let top = HEIGHT;
      const parts = Object.entries(groupSums(pushes))
        .filter(([, count]) => count > 0)
        .map(([group, count]) => {
          const height = (count / end) * HEIGHT;
          top -= height;
          return { group, y: top, height };
        });
      return { x: place * step + step * 0.1, width: step * 0.8, parts };
    }),
  };
}

/** Returns the position of a duration on the scale of answer times, from the top. */
export function timeToY(ms) {
  const inside = Math.min(MOST_MS, Math.max(LEAST_MS, ms));
  return HEIGHT * (1 - Math.log(inside / LEAST_MS) / Math.log(MOST_MS / LEAST_MS));
}

/** Returns an SVG path: a stepped line through the minutes that have the figure. */
export function layLine(minutes, figure) {
  const step = WIDTH / minutes.length;
  let isDrawn = false;
  return minutes
    .map((minute, place) => {
      const ms = minute[figure];
      if (ms === undefined) {
        isDrawn = false;
        return '';
      }
      const y = timeToY(ms).toFixed(1);
      const start = `${isDrawn ? 'L' : 'M'}${(place * step).toFixed(1)} ${y}`;
      isDrawn = true;
      return `${start}H${((place + 1) * step).toFixed(1)}`;
    })
    .join('');
}
