import { readChunk, type Chunk } from './chunk.js';
import { ModelFailed } from './model-failed.js';
import { readWhole, sniffBody } from './response-body.js';
import { eventsOf } from './server-sent-events.js';

/** A part of a user's message. */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

/** One turn of a conversation. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly ContentPart[];
}

/**
 * Any API with `POST <baseUrl>/chat/completions`.
 *
 * @example
 * const endpoint: Endpoint = { baseUrl: 'https://api.example.com/v1', apiKey: undefined, model: 'example' };
 */
export interface Endpoint {
  /** With its version: `https://api.example.com/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly model: string;
}

/** Limit without any data; a thinking model must send keep-alives. */
const QUIET_MS = 120_000;

/**
 * Requests an answer from a model and yields it chunk by chunk. If the caller stops reading, the request ends.
 *
 * @throws ModelFailed, and the signal's reason
 */
export async function* complete(
  { baseUrl, apiKey, model }: Endpoint,
  messages: readonly Message[],
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const ours = new AbortController();
  const quiet = setTimeout(() => ours.abort(), QUIET_MS);
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({ model, messages, stream: true }),
      signal: AbortSignal.any([signal, ours.signal]),
    });
    if (!response.ok) throw new ModelFailed(`the model's endpoint answered HTTP ${response.status}`);
    yield* chunksOf(refreshOnData(response.body ?? [], quiet));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ModelFailed) throw error;
    const why = ours.signal.aborted
      ? `said nothing for ${QUIET_MS / 1_000} s`
      : `broke off: ${codeOf(error)}`;
    throw new ModelFailed(`the model's endpoint ${why}`);
  } finally {
    clearTimeout(quiet);
    ours.abort();
  }
}

async function* chunksOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk> {
  const { isJson, bytes } = await sniffBody(body);
  if (isJson) {
    yield readChunk(await readWhole(bytes));
    return;
  }
  let hasContent = false;
  for await (const data of eventsOf(bytes)) {
    if (data === '[DONE]') return;
    const chunk = readChunk(data);
    // Some servers repeat the whole answer in the last event.
    if (chunk.isWhole && hasContent) continue;
    hasContent ||= chunk.content !== '';
    yield chunk;
  }
}

/** Passes bytes on, and restarts the timer of silence with each piece. */
async function* refreshOnData(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  quiet: NodeJS.Timeout,
): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    quiet.refresh();
    yield piece;
  }
}

/** Returns the code of the underlying error, such as `ECONNREFUSED`; the error of fetch itself has none. */
function codeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : undefined;
  const code: unknown = Object(cause).code;
  return typeof code === 'string' ? code : cause instanceof Error ? cause.name : 'failed';
}
