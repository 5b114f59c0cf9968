import { CUT, breakPriorityAt } from './break-priority.js';

/** Stands for whatever comes next, of which only the place matters. */
const NEXT = '\u4e00';

/**
 * How much of a text that is still growing is complete: up to the end of its last whole sentence that fits into
 * `limitBytes` UTF-8 bytes. 0: no sentence is whole yet.
 */
export function completeLength(text: string, limitBytes: number): number {
  const within = text.slice(0, fittingLength(text, limitBytes));
  const growing = within.length < text.length ? text : within + NEXT;
  for (let at = within.length; at > 0; at -= 1)
    if (breakPriorityAt(growing, 0, at) <= CUT.sentence) return at;
  return 0;
}

/** The most units from the start that fit; never half a surrogate pair. */
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
