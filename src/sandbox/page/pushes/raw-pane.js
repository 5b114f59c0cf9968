import { duration } from '../../../page-kit/format.js';
import { html } from '../../../page-kit/html.js';
import { CodeBlock } from './code-block.js';
import { Signature } from './signature.js';

/** Shows every byte of an attempt: request, envelope, reply, and the computation of the signatures. */
export function RawPane({ words, push, one }) {
  const sealed = one.requestBody !== push.plainBody;
  const took = one.endedAtMs === undefined ? '' : duration(one.endedAtMs - one.startedAtMs);
  return html`
    <div class="raw">
      <${Part}
        title=${push.kind === 'handshake' ? 'echostr' : words.plainXml}
        open=${true}
        show=${push.plainBody !== ''}
      >
        <${CodeBlock} text=${push.plainBody} words=${words} />
      <//>
      <${Part} title=${words.request} note=${one.method}>
        <p class="url"><b>${one.method}</b> ${one.url}</p>
        <${Headers} headers=${one.requestHeaders} />
        ${
          sealed &&
          html`<h5>${words.sentBody} <span class="chip">${words.sealedXml}</span></h5>
            <${CodeBlock} text=${one.requestBody} words=${words} />`
        }
      <//>
      <${Part}
        title=${words.response}
        open=${true}
        note=${[one.status ?? one.error ?? words.tryOutcomes[one.outcome], took].filter(Boolean).join(' · ')}
      >
        ${one.error && html`<p class="bad-words">${one.error}</p>`}
        ${one.status === undefined && !one.error && html`<p class="quiet">${words.tryOutcomes[one.outcome]}</p>`}
        ${
          one.openedBody !== undefined &&
          html`<h5>${words.openedReply}</h5>
            <${CodeBlock} text=${one.openedBody} words=${words} />`
        }
        ${one.responseHeaders && html`<${Headers} headers=${one.responseHeaders} />`}
        ${one.responseBody !== undefined && html`<${CodeBlock} text=${one.responseBody} words=${words} />`}
      <//>
      ${one.signatures.map(
        (steps) => html`
          <${Part} title=${words.signatureTitle(steps.name)}>
            <${Signature} words=${words} steps=${steps} url=${one.url} />
          <//>
        `,
      )}
      <${Part} title=${words.curl}><${CodeBlock} text=${one.curl} words=${words} /><//>
    </div>
  `;
}

function Part({ title, note, open = false, show = true, children }) {
  if (!show) return null;
  return html`
    <details open=${open}>
      <summary><span>${title}</span>${note && html`<small>${note}</small>`}</summary>
      <div class="part">${children}</div>
    </details>
  `;
}

function Headers({ headers }) {
  return html`
    <dl class="headers">
      ${Object.entries(headers).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  `;
}
