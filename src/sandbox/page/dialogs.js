import { Clock } from './tools/clock.js';
import { EditPush } from './pushes/edit-push.js';
import { html } from '../../page-kit/html.js';
import { MenuEditor } from './tools/menu-editor.js';
import { OpenUrl } from './chat/open-url.js';
import { PushPicker } from './chat/push-picker.js';

const DIALOGS = { picker: PushPicker, edit: EditPush, url: OpenUrl, clock: Clock, menu: MenuEditor };

/** The open dialog, if there is one. */
export function Dialogs(ui) {
  const Open = DIALOGS[ui.state.dialog?.name];
  return Open === undefined ? null : html`<${Open} ...${ui} ...${ui.state.dialog} />`;
}
