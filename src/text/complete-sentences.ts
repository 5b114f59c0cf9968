import { CUT, breakPriorityAt } from './break-priority.js';

/** Placeholder for the text to come; only its position matters. */
const NEXT = '\u4e00';

/**
 * Returns the length of the complete part of a growing text: up to its last whole sentence that fits into `limitBytes`
 * UTF-8 bytes. 0: no sentence is complete yet.
 */
export function completeLength(text: string, limitBytes: number): number {
  const within = text.slice(0, fittingLength(text, limitBytes));
  const growing = within.length < text.length ? text : within + NEXT;
  for (let at = within.length; at > 0; at -= 1)
    if (breakPriorityAt(growing, 0, at) <= CUT.sentence) return at;
  return 0;
}

/** Returns the most units from the start that fit, without splitting a surrogate pair. */
function fittingLength(text: string, limitBytes: number): number {
  let at = 0;
  for (let bytes = 0; at < text.length;) {
    const point = text.codePointAt(at) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (bytes > limitBytes) break;
    at += point < 0x10000 ? 1 : 2;
  }
  return at;
}
