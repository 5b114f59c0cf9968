import { Confirm } from './confirm.js';
import { html } from '../page-kit/html.js';
import { DeadLetterDialog } from './dead-letters/dialog.js';
import { ReportDialog } from './troubles/report-dialog.js';

const DIALOGS = { confirm: Confirm, letter: DeadLetterDialog, report: ReportDialog };

/** The open dialog, if there is one. */
export function Dialogs(ui) {
  const Open = DIALOGS[ui.state.dialog?.name];
  return Open === undefined ? null : html`<${Open} ...${ui} ...${ui.state.dialog} />`;
}
