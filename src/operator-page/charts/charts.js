import { html } from '../../page-kit/html.js';
import { Section } from '../section.js';
import { sumOf, totals } from '../core/outcomes.js';
import { PushChart } from './push-chart.js';
import { TimeChart } from './time-chart.js';

/** Shows pushes per minute and answer times of the last hour. */
export function Charts({ parts: { hour }, words }) {
  if (!hour) return null;
  if (sumOf(totals(hour.minutes)) === 0)
    return html`<${Section} id="pushes" title=${words.pushesPerMinute}
      ><p class="quiet">${words.noPushes}</p><//
    >`;
  return html`
    <div class="pair">
      <${PushChart} hour=${hour} words=${words} />
      <${TimeChart} hour=${hour} words=${words} />
    </div>
  `;
}
