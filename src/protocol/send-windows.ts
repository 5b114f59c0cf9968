import type { Push } from './push/push.js';

/**
 * The customer-service messages that each user action allows, and for how long. Source: "客服消息" (发送客服消息), rules since
 * 2023-06-12. Only the mini-program page "客服消息下发条件说明" says that allowances do not add up; we assume the same here.
 */
export const SEND_WINDOWS = {
  /** The user writes. */
  message: { messages: 5, durationMs: 48 * 3_600_000 },
  /** The user taps a menu entry of type click, scancode_push or scancode_waitmsg, or an entry of a msgmenu message. */
  menu: { messages: 3, durationMs: 60_000 },
  /** The user follows the account. */
  follow: { messages: 3, durationMs: 60_000 },
  /** The user scans a QR code of the account. */
  scan: { messages: 3, durationMs: 60_000 },
} as const satisfies Record<string, { readonly messages: number; readonly durationMs: number }>;

export type WindowTrigger = keyof typeof SEND_WINDOWS;

/** Returns the trigger that a push represents. `undefined`: it grants nothing. */
export function triggerOf(push: Push): WindowTrigger | undefined {
  switch (push.kind) {
    case 'event.click':
    case 'event.scancode_push':
    case 'event.scancode_waitmsg':
      return 'menu';
    case 'event.subscribe':
      return 'follow';
    case 'event.scan':
      return 'scan';
    case 'message.text':
      return push.menuItemId === undefined ? 'message' : 'menu';
    default:
      return push.kind.startsWith('message.') ? 'message' : undefined;
  }
}

/** Returns the quota that a trigger grants from a time on. */
export function grantFor(
  trigger: WindowTrigger,
  fromMs: number,
): {
  readonly trigger: WindowTrigger;
  readonly messages: number;
  readonly fromMs: number;
  readonly untilMs: number;
} {
  const { messages, durationMs } = SEND_WINDOWS[trigger];
  return { trigger, messages, fromMs, untilMs: fromMs + durationMs };
}
