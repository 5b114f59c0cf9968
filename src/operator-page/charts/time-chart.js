import { ChartFrame } from './frame.js';
import { duration } from '../../page-kit/format.js';
import { html } from '../../page-kit/html.js';
import { layLine, timeToY } from '../core/scale.js';
import { Section } from '../section.js';

/** WeChat's limit for an answer. */
const LIMIT_MS = 5_000;
const TICKS = [
  { ms: LIMIT_MS, label: '5 s', limit: true },
  { ms: 1_000, label: '1 s' },
  { ms: 100, label: '100 ms' },
  { ms: 10, label: '10 ms' },
].map(({ ms, ...tick }) => ({ y: timeToY(ms), ...tick }));

/** Shows answer times on a logarithmic scale. */
export function TimeChart({ hour, words }) {
  if (hour.p50Ms === undefined)
    return html`<${Section} id="times" title=${words.answerTimes}><p class="quiet">${words.noTimes}</p><//>`;
  return html`
    <${ChartFrame}
      id="times"
      title=${words.answerTimes}
      hour=${hour}
      words=${words}
      ticks=${TICKS}
      describe=${({ p50Ms, p99Ms } = hour) =>
        p50Ms === undefined ? words.none : `p50 ${duration(p50Ms)} · p99 ${duration(p99Ms)}`}
      legend=${[
        { name: 'p50', label: 'p50' },
        { name: 'p99', label: 'p99' },
      ]}
    >
      <path class="p99" d=${layLine(hour.minutes, 'p99Ms')} />
      <path class="p50" d=${layLine(hour.minutes, 'p50Ms')} />
    <//>
  `;
}
