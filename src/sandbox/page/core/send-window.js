/** Returns the remaining time of a send quota; 0 if it has ended. No event reports the end, so the page computes it. */
export function windowLeftMs(window, nowMs) {
  return window?.open ? Math.max(0, (window.endsAtMs ?? nowMs) - nowMs) : 0;
}
