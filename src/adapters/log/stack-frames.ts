import { fileURLToPath } from 'node:url';

/** A frame in V8's format, which ends with a position. Any other line of a stack is part of the message. */
const FRAME = /^ {4}at .*(?::\d+:\d+\)?|\(<anonymous>\)|\(index \d+\))$/;
/** This program's code: `src/` or, once built, `dist/src/`. */
const own = new URL('../../', import.meta.url);
const OWN_FOLDER = [own.href, fileURLToPath(own)];

/**
 * Returns the frames of an error's stack, one per line, without the message above them; '' if there are none.
 *
 * A message may have lines that look like frames, so only the lines after it count, and at most as many as V8 records.
 *
 * In:   `handlersOnly`: omit frames of this program and of Node
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
