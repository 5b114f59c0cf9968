import { agoText } from '../moment.js';
import { duration } from '../../page-kit/format.js';
import { html } from '../../page-kit/html.js';
import { Section } from '../section.js';
import { Table } from './table.js';
import { whole } from '../core/figures.js';

/** Shows the handlers of this process with their calls, errors and durations. */
export function Handlers({ parts: { status }, words, now }) {
  const { handlers } = status;
  const rows = handlers.map(({ name, on, calls, errors, lastError, p50Ms, p99Ms }) => ({
    key: name,
    name: html`<b>${name}</b>`,
    on: html`<code>${[on].flat(2).join(', ')}</code>`,
    calls: whole(calls),
    errors: errors > 0 ? html`<span class="chip bad">${whole(errors)}</span>` : '0',
    lastError: lastError
      ? html`<code>${lastError.name}</code> <small>${agoText(now - lastError.atMs, words)}</small>`
      : words.none,
    p50: calls > 0 ? duration(p50Ms) : words.none,
    p99: calls > 0 ? duration(p99Ms) : words.none,
  }));
  return html`
    <${Section}
      id="handlers"
      title=${words.handlers}
      text=${handlers.length > 0 ? words.handlersText : undefined}
    >
      ${
        handlers.length === 0
          ? html`<p class="quiet">${words.noHandlers}</p>`
          : html`<${Table}
              label=${words.handlers}
              columns=${[
                { name: 'name', label: words.name },
                { name: 'on', label: words.on },
                { name: 'calls', label: words.calls, isNumber: true },
                { name: 'errors', label: words.errors, isNumber: true },
                { name: 'p50', label: 'p50', isNumber: true },
                { name: 'p99', label: 'p99', isNumber: true },
                { name: 'lastError', label: words.lastError },
              ]}
              rows=${rows}
            />`
      }
    <//>
  `;
}
