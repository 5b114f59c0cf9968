import type { PushTemplate } from '../types.js';
import { ACCOUNT_EVENTS } from './templates/account-events.js';
import { CARD_EVENTS } from './templates/card-events.js';
import { MESSAGES } from './templates/messages.js';
import { MINI_PROGRAM_EVENTS } from './templates/mini-program-events.js';
import { PLACE_EVENTS } from './templates/place-events.js';
import type { TemplateRow } from './templates/row.js';
import { SENDING_EVENTS } from './templates/sending-events.js';
import { USER_EVENTS } from './templates/user-events.js';

/** Everything that can be pushed, in the order in which pickers show it. */
export const TEMPLATES: readonly PushTemplate[] = [
  ...MESSAGES,
  ...USER_EVENTS,
  ...SENDING_EVENTS,
  ...CARD_EVENTS,
  ...PLACE_EVENTS,
  ...ACCOUNT_EVENTS,
  ...MINI_PROGRAM_EVENTS,
].map(unpack);

const byId = new Map(TEMPLATES.map((template) => [template.id, template]));

/** The template of that id. For a kind that has none: an empty one, so that kinds of the future can be pushed, too. */
export function templateFor(id: string): PushTemplate {
  return byId.get(id) ?? unpack([id, '', 'message', id, id, 'possible', {}]);
}

function unpack([kind, variant, group, zh, en, answerable, fields]: TemplateRow): PushTemplate {
  return { id: variant === '' ? kind : `${kind}.${variant}`, kind, group, zh, en, answerable, fields };
}
