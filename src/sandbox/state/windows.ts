import type { WindowView } from '../types/types.js';

/**
 * The number of customer-service messages that each trigger allows, and for how long. Source: "客服消息", since June
 * 2023.
 */
const WINDOW_TRIGGERS = {
  message: { messages: 5, lastsMs: 48 * 3_600_000 },
  menu: { messages: 3, lastsMs: 60_000 },
  follow: { messages: 3, lastsMs: 60_000 },
  scan: { messages: 3, lastsMs: 60_000 },
} as const;

export type WindowTrigger = keyof typeof WINDOW_TRIGGERS;

/** Stores the send quotas as WeChat does. */
export interface WindowStore {
  open(openId: string, trigger: WindowTrigger): void;
  close(openId: string): void;
  /** Counts one message, or returns the errcode: 45015 outside the window, 45047 if all are used. */
  spend(openId: string): 0 | 45015 | 45047;
  view(openId: string): WindowView;
  list(): readonly WindowView[];
}

interface Window {
  readonly trigger: WindowTrigger;
  readonly remaining: number;
  readonly endsAtMs: number;
}

/** Returns the trigger of a push by its kind; `undefined` if it grants nothing. */
export function triggerOf(
  kind: string,
  fields: { readonly [name: string]: unknown },
): WindowTrigger | undefined {
  if (kind.startsWith('message.')) return fields['bizmsgmenuid'] === undefined ? 'message' : 'menu';
  switch (kind) {
    case 'event.CLICK':
    case 'event.scancode_push':
    case 'event.scancode_waitmsg':
      return 'menu';
    case 'event.subscribe':
      return 'follow';
    case 'event.SCAN':
      return 'scan';
    default:
      return undefined;
  }
}

export function createWindowStore(deps: { now(): number; changed(): void }): WindowStore {
  const windows = new Map<string, Window>();
  const alive = (openId: string): Window | undefined => {
    const window = windows.get(openId);
    return window !== undefined && window.endsAtMs > deps.now() ? window : undefined;
  };
  const view = (openId: string): WindowView => {
    const window = alive(openId);
    return window === undefined
      ? { follower: openId, open: false, remaining: 0 }
      : {
          follower: openId,
          open: true,
          openedBy: window.trigger,
          remaining: window.remaining,
          endsAtMs: window.endsAtMs,
        };
  };
  return {
    open(openId, trigger) {
      const { messages, lastsMs } = WINDOW_TRIGGERS[trigger];
      const before = alive(openId);
      // Allowances do not add up: the larger count and the later end apply.
      windows.set(openId, {
        trigger,
        remaining: Math.max(messages, before?.remaining ?? 0),
        endsAtMs: Math.max(deps.now() + lastsMs, before?.endsAtMs ?? 0),
      });
      deps.changed();
    },
    close(openId) {
      windows.delete(openId);
      deps.changed();
    },
    spend(openId) {
      const window = alive(openId);
      if (window === undefined) return 45015;
      if (window.remaining === 0) return 45047;
      windows.set(openId, { ...window, remaining: window.remaining - 1 });
      deps.changed();
      return 0;
    },
    view,
    list: () => [...windows.keys()].map(view),
  };
}
