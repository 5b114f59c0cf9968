import type { PushTemplate } from '../../types/types.js';
import { ACCOUNT_EVENTS } from './account-events.js';
import { CARD_EVENTS } from './card-events.js';
import { MESSAGES } from './messages.js';
import { MINI_PROGRAM_EVENTS } from './mini-program-events.js';
import { PLACE_EVENTS } from './place-events.js';
import type { TemplateRow } from './row.js';
import { SENDING_EVENTS } from './sending-events.js';
import { USER_EVENTS } from './user-events.js';

/** All push templates, in the order of the picker. */
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

/** Returns the template with this id; an empty one for an unknown kind, so that future kinds can be pushed, too. */
export function templateFor(id: string): PushTemplate {
  return byId.get(id) ?? unpack([id, '', 'message', id, id, 'possible', {}]);
}

/** True for messages; the events of devices are called messages and have no id. */
export const hasMsgId = (kind: string): boolean =>
  kind.startsWith('message.') && kind !== 'message.device_event';

function unpack([kind, variant, group, zh, en, answerable, fields]: TemplateRow): PushTemplate {
  return { id: variant === '' ? kind : `${kind}.${variant}`, kind, group, zh, en, answerable, fields };
}
