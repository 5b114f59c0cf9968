import type { Push } from './push.js';

/**
 * Which deed of a user lets an account send how many customer-service messages, and for how long. Data, because the
 * platform changes it. Source: "客服消息" (发送客服消息), rules since 2023-06-12; that allowances do not add up is said on
 * the mini-program page "客服消息下发条件说明" and assumed here.
 */
export const SEND_WINDOWS = {
  /** The user writes. */
  message: { messages: 5, lastsMs: 48 * 3_600_000 },
  /** The user taps a menu entry of type click, scancode_push or scancode_waitmsg, or an entry of a msgmenu message. */
  menu: { messages: 3, lastsMs: 60_000 },
  /** The user follows the account. */
  follow: { messages: 3, lastsMs: 60_000 },
  /** The user scans a QR code of the account. */
  scan: { messages: 3, lastsMs: 60_000 },
} as const satisfies Record<string, { readonly messages: number; readonly lastsMs: number }>;

export type Deed = keyof typeof SEND_WINDOWS;

/** What a push is in the eyes of the rules above. `undefined`: it opens nothing. */
export function deedOf(push: Push): Deed | undefined {
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

/** The window that a deed opens from a moment on. */
export function openingBy(
  deed: Deed,
  fromMs: number,
): { readonly deed: Deed; readonly messages: number; readonly fromMs: number; readonly untilMs: number } {
  const { messages, lastsMs } = SEND_WINDOWS[deed];
  return { deed, messages, fromMs, untilMs: fromMs + lastsMs };
}
