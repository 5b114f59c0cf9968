import { html } from '../../../page-kit/html.js';
import { FaultForm } from './fault-form.js';

const SEND = '/cgi-bin/message/custom/send';

/** The most useful faults, one click each. */
const QUICK = {
  token: { kind: 'token-invalid' },
  window: { kind: 'window-closed', path: SEND },
  quota: { kind: 'quota-spent', path: SEND },
  permission: { kind: 'no-permission', path: SEND },
  slow: { kind: 'delay', path: SEND, delayMs: 6_000 },
  reset: { kind: 'reset-before', path: SEND },
  busy: { kind: 'errcode', path: SEND, errcode: -1 },
};

/** Shows and edits the faults of the API side. */
export function FaultsPanel({ state, actions, words }) {
  return html`
    <div class="tool-panel">
      <p class="quiet">${words.faultsText}</p>
      <h3>${words.quick}</h3>
      <div class="buttons">
        ${Object.entries(QUICK).map(
          ([name, fault]) => html`
            <button type="button" onClick=${() => actions.addFault(fault)}>${words.quickFaults[name]}</button>
          `,
        )}
      </div>
      <p class="quiet">${words.permissionText}</p>
      <h3>
        ${words.faults}
        ${
          state.faults.length > 0 &&
          html`<button type="button" class="small" onClick=${actions.clearFaults}>
            ${words.clearFaults}
          </button>`
        }
      </h3>
      ${state.faults.length === 0 && html`<p class="quiet">${words.noFaults}</p>`}
      <ul class="fault-list">
        ${state.faults.map((fault) => html`<${Row} key=${fault.id} fault=${fault} actions=${actions} words=${words} />`)}
      </ul>
      <${FaultForm} accessPoints=${state.accessPoints} actions=${actions} words=${words} />
    </div>
  `;
}

function Row({ fault, actions, words }) {
  const details = [
    fault.delayMs && `${fault.delayMs} ms`,
    fault.status,
    fault.contentType,
    fault.errcode,
    fault.errmsg,
  ];
  return html`
    <li>
      <span class="chip warm">${words.faultKinds[fault.kind]}</span>
      <code>${fault.path}</code>
      <small>
        ${[
          fault.accessPoint === '*' ? undefined : fault.accessPoint,
          ...details,
          words.callsLeft(fault.calls),
        ]
          .filter((part) => part !== undefined && part !== '')
          .join(' · ')}
      </small>
      <button type="button" class="small" onClick=${() => actions.removeFault(fault.id)}>
        ${words.remove}
      </button>
    </li>
  `;
}
