import { html } from '../../../page-kit/html.js';
import { AccountForm } from './account-form.js';
import { ConsoleForm } from './console-form.js';
import { Transcript } from './transcript.js';

/** Shows the console's form, the account and transcripts. */
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
