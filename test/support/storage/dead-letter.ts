import type { DeadLetter } from '../../../src/ports/state-store.js';
import { textPush } from '../../../src/index.js';
import { USER_TEXT } from '../app/test-app.js';

/** A letter about one text that was not sent. */
export function deadLetter(id: string, about: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id,
    appId: 'wx0123456789abcdef',
    pushId: id,
    user: 'oUser',
    kind: 'message.text',
    handler: 'weather',
    reason: 'window-closed',
    detail: 'the window is used up',
    channel: 'customer-service',
    atMs: Date.UTC(2026, 5, 1),
    runs: 1,
    push: textPush({ content: USER_TEXT, msgId: id }).raw,
    messages: [{ msgtype: 'text', text: { content: USER_TEXT } }],
    ...about,
  };
}
