import { fileURLToPath } from 'node:url';

/** A frame as V8 writes it: it ends in a place. Every other line of a stack is text that somebody wrote. */
const FRAME = /^ {4}at .*(?::\d+:\d+\)?|\(<anonymous>\)|\(index \d+\))$/;
/** This program's code: `src/` or, once built, `dist/src/`. */
const own = new URL('../../', import.meta.url);
const OWN_FOLDER = [own.href, fileURLToPath(own)];

/**
 * The frames of an error's stack, one a line, without the message that stands above them; '' where there are none.
 *
 * A message may have lines that look like frames: only what stands behind it is looked at, and at most as many lines
 * as V8 takes.
 *
 * In:   `handlersOnly`: leave out this program's own frames and node's
 */
export function framesOf(error: Error, { handlersOnly = false } = {}): string {
  let stack: unknown;
  let message: unknown;
  try {
    ({ stack, message } = error);
  } catch {
    return '';
  }
  if (typeof stack !== 'string') return '';
  const text = typeof message === 'string' && message !== '' ? stack.indexOf(message) + message.length : 0;
  return stack
    .slice(Math.max(0, text))
    .split('\n')
    .slice(-Error.stackTraceLimit)
    .filter((line) => FRAME.test(line) && !(handlersOnly && isOurs(line)))
    .join('\n');
}

const isOurs = (frame: string): boolean =>
  frame.includes('node:') || OWN_FOLDER.some((folder) => frame.includes(folder));
