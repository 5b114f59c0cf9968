import { agoText } from '../moment.js';
import { duration } from '../../page-kit/format.js';
import { html } from '../../page-kit/html.js';
import { Section } from '../section.js';
import { Table } from './table.js';
import { whole } from '../core/figures.js';

const CHIPS = { trusted: 'good', slow: 'warm', failed: 'bad' };

/** Shows the hosts of WeChat's API, and which one is in use. */
export function AccessPoints({ parts: { status }, words, now }) {
  const rows = status.accessPoints.points.map(
    ({ host, isCurrent, trust, answerMs, answered, failed, lastFailure }) => ({
      key: host,
      name: html`<code>${host}</code>
        ${isCurrent && html`<span class="chip calm">${words.preferred}</span>`}`,
      state: html`<span class=${`chip ${CHIPS[trust]}`}>${words.trust[trust]}</span>${' '}
        ${lastFailure && trust !== 'trusted' && html`<small title=${lastFailure.kind}>${agoText(now - lastFailure.atMs, words)}</small>`}`,
      probe: answerMs === undefined ? words.none : duration(answerMs),
      calls: words.callsOf(whole(answered), failed),
    }),
  );
  return html`
    <${Section} id="access-points" title=${words.accessPoints}>
      <${Table}
        label=${words.accessPoints}
        columns=${[
          { name: 'name', label: words.name },
          { name: 'state', label: words.state },
          { name: 'probe', label: words.probe, isNumber: true },
          { name: 'calls', label: words.calls, isNumber: true },
        ]}
        rows=${rows}
      />
    <//>
  `;
}
