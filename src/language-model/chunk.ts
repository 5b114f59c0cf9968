import { ModelFailed } from './model-failed.js';

/** A chunk of an answer, or a whole one. */
export interface Chunk {
  readonly content: string;
  /** True if it contains thinking besides the content. */
  readonly hasThinking: boolean;
  /** True if it is a whole message. */
  readonly isWhole: boolean;
  /** `stop`, `length`, `content_filter`, `tool_calls`…; `undefined`: the answer goes on. */
  readonly finishReason: string | undefined;
}

/** Fields for thinking of DeepSeek, Qwen, vLLM, OpenRouter and Ollama. */
const THINKING_FIELDS = ['reasoning_content', 'reasoning', 'reasoning_details', 'thinking'] as const;

/**
 * Parses a chunk of any dialect: content as text or parts, `error` absent or null, a message instead of a delta.
 *
 * @throws ModelFailed for invalid JSON, and for a reported error, with its code but without its message
 */
export function readChunk(json: string): Chunk {
  let answer: unknown;
  try {
    answer = JSON.parse(json);
  } catch {
    throw new ModelFailed("the model's endpoint sent something that is no JSON");
  }
  const error = at(answer, 'error');
  if (error !== undefined && error !== null && error !== '') {
    const code = codeIn(at(error, 'code')) ?? codeIn(at(error, 'type'));
    throw new ModelFailed(`the model's endpoint reported an error${code === undefined ? '' : ` (${code})`}`);
  }
  const choice = at(answer, 'choices', 0);
  const delta = at(choice, 'delta');
  const isWhole = delta === undefined || delta === null;
  const part = isWhole ? at(choice, 'message') : delta;
  const content = at(part, 'content');
  return {
    content: textOf(content),
    hasThinking: THINKING_FIELDS.some((name) => at(part, name, 'length') !== 0 && Boolean(at(part, name))),
    isWhole,
    finishReason: codeIn(at(choice, 'finish_reason')),
  };
}

/** Returns a text, or the texts in a list of parts; other parts are pictures and thinking. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  const isText = (part: unknown): boolean => at(part, 'type') === undefined || at(part, 'type') === 'text';
  return content
    .filter(isText)
    .map((part: unknown) => textOf(at(part, 'text')))
    .join('');
}

/** Returns a code that may be logged: a number or one word, so never user text. */
function codeIn(value: unknown): string | undefined {
  const code = typeof value === 'number' ? String(value) : value;
  return typeof code === 'string' && /^[a-z\d_.-]{1,40}$/i.test(code) ? code : undefined;
}

const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((part, key) => (part === null ? undefined : Object(part)[key]), value);
