import type { Outcome } from '../handler-runtime/run-handler.js';
import type { TextStream } from '../handler-runtime/text-stream.js';
import type { Logger } from '../ports/logger.js';
import { reply } from '../protocol/reply.js';

/** Result of draining a stream: an outcome, or the error if nothing was produced. */
export type StreamEnd =
  Extract<Outcome, { type: 'replied' | 'silent' }> | { readonly type: 'broken'; readonly error: unknown };

/** Reads a stream to its end. If it fails midway, the text so far is the answer. Never rejects. */
export async function drainStream(stream: TextStream, log: Logger, pushId: string): Promise<StreamEnd> {
  try {
    await stream.read();
  } catch (error) {
    const rest = undeliveredText(stream);
    if (rest.type === 'silent') return { type: 'broken', error };
    log.error({ err: error, pushId }, 'stream failed: what had come of the answer is sent');
    return rest;
  }
  return undeliveredText(stream);
}

/** Returns the undelivered text of a stream; nothing if the stream was aborted. */
export function undeliveredText(stream: TextStream): Extract<Outcome, { type: 'replied' | 'silent' }> {
  const content = stream.isAborted ? '' : stream.rest();
  return content.trim() === '' ? { type: 'silent' } : { type: 'replied', reply: reply.text(content) };
}
