import { html, useState } from '../../../page-kit/html.js';

/** Exports, imports and replays a conversation, and resets the sandbox. */
export function Transcript({ actions, words }) {
  const [report, setReport] = useState(undefined);
  const [sure, setSure] = useState(false);

  const take = (use) => async (event) => {
    const input = event.currentTarget;
    const [file] = input.files;
    const transcript = await read(file);
    input.value = '';
    if (transcript === undefined) actions.notify(words.notTranscript, false);
    else await use(transcript);
  };
  const look = take(async (transcript) => {
    const answer = await actions.importTranscript(transcript);
    if (answer !== undefined) actions.notify(words.imported(answer.exchanges.length));
  });
  const compare = take(async (transcript) => setReport(await actions.replayTranscript(transcript)));

  return html`
    <section class="transcript">
      <h3>${words.transcript}</h3>
      <p class="quiet">${words.transcriptText}</p>
      <div class="buttons">
        <a class="button" href="/api/transcript" download="wechat-transcript.json">${words.exportFile}</a>
        <label class="button">
          ${words.importFile}<input type="file" class="visually-hidden" accept=".json" onChange=${look} />
        </label>
        <label class="button">
          ${words.replayFile}<input type="file" class="visually-hidden" accept=".json" onChange=${compare} />
        </label>
      </div>
      ${report && html`<${Report} report=${report} actions=${actions} words=${words} />`}
      <div class="buttons forget">
        <button type="button" onClick=${actions.clear}>${words.clear}</button>
        <button
          type="button"
          class=${sure ? 'danger' : ''}
          onBlur=${() => setSure(false)}
          onClick=${() => {
            setSure(!sure);
            if (sure) void actions.reset();
          }}
        >
          ${sure ? words.resetSure : words.reset}
        </button>
      </div>
    </section>
  `;
}

function Report({ report, actions, words }) {
  return html`
    <div class="report" role="status">
      <p><b>${words.report(report.passed, report.failed)}</b></p>
      <ul class="book-list">
        ${report.entries.map(
          ({ kind, passed, expected, actual, exchange }) => html`
            <li>
              <span class=${`chip ${passed ? 'good' : 'bad'}`}>${passed ? '✓' : '✗'}</span>
              <button type="button" class="as-link" onClick=${() => actions.inspect(exchange)}>
                ${kind}
              </button>
              ${
                !passed &&
                html`<small>${words.outcomes[expected.outcome]} → ${words.outcomes[actual.outcome]}</small>`
              }
            </li>
          `,
        )}
      </ul>
    </div>
  `;
}

async function read(file) {
  try {
    return JSON.parse(await file.text());
  } catch {
    return undefined;
  }
}
