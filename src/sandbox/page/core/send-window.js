/** How long the window stays open; 0 where it is closed. The book tells of deeds; that time has run out, nobody tells. */
export function windowLeftMs(window, nowMs) {
  return window?.open ? Math.max(0, (window.endsAtMs ?? nowMs) - nowMs) : 0;
}
