import { Dialog } from '../../../page-kit/dialog.js';
import { html, useEffect, useRef, useState } from '../../../page-kit/html.js';
import { PushForm } from './push-form.js';

/** Shows all push templates by group, and the form of the chosen one. */
export function PushPicker({ state, actions, words, language = state.language }) {
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState(state.templates[0]?.id);
  const field = useRef(null);
  // Runs after the dialog's own effect, so the dialog is open.
  useEffect(() => field.current.focus(), []);
  const wanted = search.trim().toLowerCase();
  const found = state.templates.filter(({ id, zh, en }) =>
    [id, zh, en].some((text) => text.toLowerCase().includes(wanted)),
  );
  const groups = [...new Set(found.map(({ group }) => group))];
  const inOrder = groups.flatMap((group) => found.filter((one) => one.group === group));
  const template = found.find(({ id }) => id === chosen) ?? inOrder[0];

  function walk(event) {
    const picker = event.currentTarget.closest('.picker');
    if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      picker.querySelector('.push-form')?.requestSubmit();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || template === undefined) return;
    event.preventDefault();
    const next = inOrder[Math.min(Math.max(0, inOrder.indexOf(template) + step), inOrder.length - 1)];
    setChosen(next.id);
    picker.querySelector(`[data-id="${next.id}"]`)?.scrollIntoView({ block: 'nearest' });
  }

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
            title=${words.pickerKeys}
            value=${search}
            onKeyDown=${walk}
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
                            data-id=${one.id}
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
