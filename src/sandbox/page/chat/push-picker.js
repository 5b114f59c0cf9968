import { Dialog } from '../dialog.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { PushForm } from './push-form.js';

/** Everything that can be pushed, by groups, and the form of the chosen one. */
export function PushPicker({ state, actions, words, language = state.language }) {
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState(state.templates[0]?.id);
  const field = useRef(null);
  // The dialog's own effect has run by then: it is open.
  useEffect(() => field.current.focus(), []);
  const wanted = search.trim().toLowerCase();
  const found = state.templates.filter(({ id, zh, en }) =>
    [id, zh, en].some((text) => text.toLowerCase().includes(wanted)),
  );
  const groups = [...new Set(found.map(({ group }) => group))];
  const template = found.find(({ id }) => id === chosen) ?? found[0];

  return html`
    <${Dialog} title=${words.pickerTitle} words=${words} onClose=${actions.close} wide=${true}>
      <div class="picker">
        <div class="picker-list">
          <input
            type="text"
            enterkeyhint="search"
            ref=${field}
            aria-label=${words.pickerSearch}
            placeholder=${words.pickerSearch}
            value=${search}
            onInput=${(event) => setSearch(event.currentTarget.value)}
          />
          <div class="scroll">
            ${found.length === 0 && html`<p class="quiet">${words.pickerNone}</p>`}
            ${groups.map(
              (group) => html`
                <h3 key=${group}>${words.groups[group] ?? group}</h3>
                <ul key=${`${group}-list`}>
                  ${found
                    .filter((one) => one.group === group)
                    .map(
                      (one) => html`
                        <li key=${one.id}>
                          <button
                            type="button"
                            aria-current=${one === template ? 'true' : undefined}
                            onClick=${() => setChosen(one.id)}
                          >
                            <span>${one[language]}</span>
                            <code>${one.kind.replace(/^(message|event)\./, '')}</code>
                          </button>
                        </li>
                      `,
                    )}
                </ul>
              `,
            )}
          </div>
        </div>
        ${
          template &&
          html`<${PushForm}
            key=${template.id}
            state=${state}
            actions=${actions}
            words=${words}
            template=${template}
          />`
        }
      </div>
    <//>
  `;
}
