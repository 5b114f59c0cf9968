import { readChunk, type Chunk } from './chunk.js';
import { ModelFailed } from './model-failed.js';
import { readWhole, sniffBody } from './response-body.js';
import { eventsOf } from './server-sent-events.js';

/** A part of what a user says. */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

/** One turn of a conversation. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly ContentPart[];
}

/** Anything that takes `POST <baseUrl>/chat/completions`. */
export interface Endpoint {
  /** With its version: `https://api.example.com/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly model: string;
}

/** Nothing came for so long: a model that thinks says so by keep-alives, or is not waited for. */
const QUIET_MS = 120_000;

/**
 * Asks a model and yields its answer chunk by chunk as it writes. Whoever stops reading ends the request.
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
    yield* chunksOf(heard(response.body ?? [], quiet));
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
    // Some repeat the whole answer in the last event.
    if (chunk.isWhole && hasContent) continue;
    hasContent ||= chunk.content !== '';
    yield chunk;
  }
}

async function* heard(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  quiet: NodeJS.Timeout,
): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    quiet.refresh();
    yield piece;
  }
}

/** The code of what lies below, `ECONNREFUSED` say; fetch itself only says that it failed. */
function codeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : undefined;
  const code: unknown = Object(cause).code;
  return typeof code === 'string' ? code : cause instanceof Error ? cause.name : 'failed';
}
