import type { Outcome } from '../handler-runtime/run-handler.js';
import type { TextStream } from '../handler-runtime/text-stream.js';
import type { Logger } from '../ports/logger.js';
import { reply } from '../protocol/reply.js';

/** What an answer has become that was being written: an outcome, or nothing but the fault that ended it. */
export type StreamEnd =
  Extract<Outcome, { type: 'replied' | 'silent' }> | { readonly type: 'broken'; readonly error: unknown };

/** Reads an answer to its end. One that broke off is as good as what had come; never rejects. */
export async function drainStream(stream: TextStream, log: Logger, pushId: string): Promise<StreamEnd> {
  try {
    await stream.read();
  } catch (error) {
    const rest = undeliveredText(stream);
    if (rest.type === 'silent') return { type: 'broken', error };
    log.error({ err: error, pushId }, 'an answer broke off while it was written; what had come is sent');
    return rest;
  }
  return undeliveredText(stream);
}

/** What of it is still to be said. Of one that was aborted, nothing. */
export function undeliveredText(stream: TextStream): Extract<Outcome, { type: 'replied' | 'silent' }> {
  const content = stream.isAborted ? '' : stream.rest();
  return content.trim() === '' ? { type: 'silent' } : { type: 'replied', reply: reply.text(content) };
}
