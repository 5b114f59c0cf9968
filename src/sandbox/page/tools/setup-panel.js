import { html } from '../html.js';
import { AccountForm } from './account-form.js';
import { ConsoleForm } from './console-form.js';
import { Transcript } from './transcript.js';

/** The console's form, the account, transcripts. */
export function SetupPanel(ui) {
  const { account } = ui.state;
  if (account === undefined) return null;
  return html`
    <div class="tool-panel">
      <${ConsoleForm} ...${ui} />
      <${AccountForm} ...${ui} />
      <${Transcript} ...${ui} />
    </div>
  `;
}
