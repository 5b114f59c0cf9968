import { ChartFrame } from './frame.js';
import { GROUPS, groupSums, totals } from '../core/outcomes.js';
import { HEIGHT, layBars } from '../core/scale.js';
import { html } from '../../page-kit/html.js';
import { whole } from '../core/figures.js';

/** Shows pushes per minute, stacked by outcome. */
export function PushChart({ hour, words }) {
  const all = totals(hour.minutes);
  const { end, bars } = layBars(hour.minutes);
  const sums = groupSums(all);
  return html`
    <${ChartFrame}
      id="pushes"
      title=${words.pushesPerMinute}
      hour=${hour}
      words=${words}
      ticks=${[1, 0.5, 0]
        .filter((part) => Number.isInteger(end * part))
        .map((part) => ({ y: HEIGHT * (1 - part), label: whole(end * part) }))}
      describe=${(minute) => outcomesText(minute?.pushes ?? all, words)}
      legend=${Object.keys(GROUPS).map((name) => ({ name, label: `${words.groups[name]} ${whole(sums[name])}` }))}
    >
      ${bars.flatMap(({ x, width, parts }) =>
        parts.map(
          ({ group, y, height }) =>
            html`<rect class=${group} x=${x} y=${y} width=${width} height=${height} />`,
        ),
      )}
    <//>
  `;
}

function outcomesText(pushes, words) {
  const counted = Object.entries(pushes)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a);
  if (counted.length === 0) return words.none;
  return counted
    .map(([outcome, count]) => `${words.outcomes[outcome] ?? outcome} ${whole(count)}`)
    .join(' · ');
}
