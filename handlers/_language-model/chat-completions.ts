import { eventsOf } from './server-sent-events.js';

/** One turn of a conversation. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Anything that takes `POST <baseUrl>/chat/completions` and streams. */
export interface Endpoint {
  /** With its version: `https://api.example.com/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly model: string;
}

/** The model gave no answer, or broke off. The message holds neither the key nor what was said. */
export class ModelFailed extends Error {
  override readonly name = 'ModelFailed';
}

/** Nothing came for so long: a model that thinks says so by keep-alives, or is not waited for. */
const QUIET_MS = 120_000;

/**
 * What a model answers, piece by piece as it writes. Whoever stops reading ends the request.
 *
 * @throws ModelFailed, and the signal's reason
 */
export async function* complete(
  { baseUrl, apiKey, model }: Endpoint,
  messages: readonly Message[],
  signal: AbortSignal,
): AsyncGenerator<string> {
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
    if (!/^text\/event-stream/i.test(response.headers.get('content-type') ?? '')) {
      // It does not stream, and has written all of it.
      yield contentOf(await response.text(), 'message');
      return;
    }
    for await (const data of eventsOf(heard(response.body ?? [], quiet))) {
      if (data === '[DONE]') return;
      const content = contentOf(data, 'delta');
      if (content !== '') yield content;
    }
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

async function* heard(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  quiet: NodeJS.Timeout,
): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    quiet.refresh();
    yield piece;
  }
}

/** The text in an answer or in a piece of one; '' where it holds none, as the first and the last do. */
function contentOf(json: string, part: 'message' | 'delta'): string {
  let answer: unknown;
  try {
    answer = JSON.parse(json);
  } catch {
    throw new ModelFailed("the model's endpoint sent something that is no JSON");
  }
  if (at(answer, 'error') !== undefined) throw new ModelFailed("the model's endpoint reported an error");
  const content = at(answer, 'choices', 0, part, 'content');
  return typeof content === 'string' ? content : '';
}

const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((part, key) => (part === null ? undefined : Object(part)[key]), value);

/** The code of what lies below, `ECONNREFUSED` say; fetch itself only says that it failed. */
function codeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : undefined;
  const code = at(cause, 'code');
  return typeof code === 'string' ? code : cause instanceof Error ? cause.name : 'failed';
}
