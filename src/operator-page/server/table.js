import { html } from '../../page-kit/html.js';

/**
 * Shows a table, which becomes a stack of labelled lines on narrow screens.
 *
 * @param columns  list of { name, label, isNumber }
 * @param rows  list of { key, … }, with a cell for each column by its name
 */
export function Table({ label, columns, rows }) {
  return html`
    <table class="table" aria-label=${label}>
      <thead>
        <tr>
          ${columns.map(({ label: head, isNumber }) => html`<th scope="col" class=${isNumber ? 'number' : ''}>${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) => html`
            <tr key=${row.key}>
              ${columns.map(
                ({ name, label: head, isNumber }) =>
                  html`<td class=${classOf(row[name], isNumber)} data-label=${head}>
                    <div>${row[name]}</div>
                  </td>`,
              )}
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}

/** Narrow screens hide empty cells, by the class `absent`. */
const classOf = (value, isNumber) =>
  [isNumber && 'number', value === '–' && 'absent'].filter(Boolean).join(' ');
