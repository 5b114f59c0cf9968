import type { SandboxClock } from '../clock.js';
import type { State } from '../types/types.js';

const FAILURES = 30;
const WITHIN_MS = 5 * 60_000;
const STOPPED_MS = 60_000;

/**
 * WeChat's push suspension (MarkFail): after 30 failed attempts within five minutes it stops pushing for one minute. The
 * server never gets the pushes of that minute. Source: "报警排查指引".
 */
export interface PushSuspension {
  blocked(): boolean;
  noteFailure(): void;
  view(): State['markFail'];
}

export function createPushSuspension(clock: SandboxClock, changed: () => void): PushSuspension {
  let failures: number[] = [];
  let blockedUntilMs = 0;
  const recent = (): number[] => failures.filter((atMs) => atMs > clock.now() - WITHIN_MS);
  const blocked = (): boolean => blockedUntilMs > clock.now();
  return {
    blocked,
    noteFailure() {
      if (blocked()) return;
      failures = [...recent(), clock.now()];
      if (failures.length >= FAILURES) {
        failures = [];
        blockedUntilMs = clock.now() + STOPPED_MS;
      }
      changed();
    },
    view: () => ({ failures: recent().length, ...(blocked() && { blockedUntilMs }) }),
  };
}
