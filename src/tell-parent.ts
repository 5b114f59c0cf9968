import type { ServerEvent } from './ports/events.js';

/** What `wechat-callback dev` passes on from the server to the sandbox: no texts, no users. */
export interface PushAnsweredMessage {
  readonly pushAnswered: { readonly pushId: string; readonly handler: string; readonly outcome: string };
}

/**
 * Tells `wechat-callback dev`, known by its channel, which handler answered each attempt and how, so that the sandbox shows it
 * beside the push.
 */
export function tellParent(onEvent: (listener: (event: ServerEvent) => void) => unknown): void {
  if (process.env['STOP_WITH_CHANNEL'] === undefined) return;
  onEvent((event) => {
    if (event.type !== 'push.answered' || !process.connected) return;
    const { pushId, handler, outcome } = event;
    process.send?.({ pushAnswered: { pushId, handler, outcome } } satisfies PushAnsweredMessage);
  });
}

/** What `wechat-callback dev` passes on from the sandbox to the server: all its faults and records are gone. */
export interface SandboxResetMessage {
  readonly sandboxReset: true;
}

/** Calls `onReset` when the sandbox of `wechat-callback dev` was put back: what WeChat refused before counts no longer. */
export function hearReset(onReset: () => void): void {
  if (process.env['STOP_WITH_CHANNEL'] === undefined) return;
  process.on('message', (message) => {
    if (typeof message === 'object' && message !== null && 'sandboxReset' in message) onReset();
  });
}
