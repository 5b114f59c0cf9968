import { TEXT_LIMIT_BYTES } from '../protocol/limits.js';
import { markdownSplitPoint, markdownToText } from '../text/markdown/markdown-text.js';
import { checkBytes, ReplyInvalid, type TextReply } from '../protocol/reply.js';
import { completeLength } from '../text/complete-sentences.js';

/**
 * Options for the delivery of a stream.
 *
 * @example
 * const options: StreamOptions = { markdown: true, onNewMessage: 'finish' };
 */
export interface StreamOptions {
  /**
   * True: the parts are Markdown, to be converted to text.
   *
   * @defaultValue false
   */
  readonly markdown?: boolean;
  /**
   * Treatment of unsent text when the user writes again: `abort` or `finish`.
   *
   * @defaultValue `abort`
   */
  readonly onNewMessage?: 'abort' | 'finish';
}

/**
 * A part that retracts all undelivered parts before it, for example a model's thinking that only its end reveals as
 * such.
 *
 * @example
 * async function* answer() {
 *   yield '让我想想……';
 *   yield RETRACT;
 *   yield '答案是 42。';
 * }
 */
export const RETRACT: unique symbol = Symbol.for('wechat-callback-server.retract');

/**
 * A part of a stream: text, `RETRACT`, or what `ctx.reply.choices` made, which ends the answer wherever it comes.
 *
 * @example
 * async function* parts(): AsyncGenerator<StreamPart> {
 *   yield '你好';
 * }
 */
export type StreamPart = TextPart | TextReply;

/** A part of a text. */
export type TextPart = string | typeof RETRACT;

const NOT_TEXT = 'ctx.reply.stream takes an async iterable of texts, and it gave a value of type ';

/** Share of the limit for Markdown, because converted links and tables are longer. */
const MARKDOWN_ROOM = 0.6;

/**
 * An answer that is still being written: the texts of an async iterable, as from a language model. Complete sentences
 * can be delivered while the rest is awaited.
 *
 * @example
 * const stream: TextStream = ctx.reply.stream((async function* () { yield '你好'; })());
 */
export class TextStream {
  readonly type = 'stream';
  readonly onNewMessage: 'abort' | 'finish';
  readonly #source: AsyncIterable<StreamPart>;
  readonly #markdown: boolean;
  #text = '';
  #delivered = 0;
  #choices = '';
  #reading: Promise<void> | undefined;
  #stop: (() => void) | undefined;
  #isAborted = false;

  constructor(
    source: AsyncIterable<StreamPart>,
    { markdown = false, onNewMessage = 'abort' }: StreamOptions = {},
  ) {
    this.#source = source;
    this.#markdown = markdown;
    this.onNewMessage = onNewMessage;
  }

  /** True for instances of this class, but not for a proxy of one. */
  static isStream(value: unknown): value is TextStream {
    return typeof value === 'object' && value !== null && #text in value;
  }

  get isAborted(): boolean {
    return this.#isAborted;
  }

  /** Reads to the end. Rejects with the error of the source; the text before it can still be delivered. */
  read(): Promise<void> {
    return (this.#reading ??= this.#readAll());
  }

  /** Stops reading and closes the source, without waiting for the current part. */
  abort(): void {
    this.#isAborted = true;
    this.#stop?.();
  }

  /** Returns the undelivered complete sentences that fit into one message; `undefined`: none. */
  completeSentences(): { readonly content: string; readonly upTo: number } | undefined {
    const rest = this.#text.slice(this.#delivered);
    const whole = completeLength(rest, TEXT_LIMIT_BYTES * (this.#markdown ? MARKDOWN_ROOM : 1));
    // A complete paragraph converts as in the final text; otherwise complete sentences are used.
    const length = (this.#markdown && markdownSplitPoint(rest.slice(0, whole))) || whole;
    const content = this.#shown(rest.slice(0, length));
    return content.trim() === '' ? undefined : { content, upTo: this.#delivered + length };
  }

  /** Marks the text up to this position as delivered. */
  markDelivered(upTo: number): void {
    // A retraction may have moved the position further meanwhile.
    this.#delivered = Math.max(this.#delivered, upTo);
  }

  /** Returns the received text that is not delivered. */
  rest(): string {
    const text = this.#shown(this.#text.slice(this.#delivered));
    if (this.#choices === '') return text;
    return text.trim() === '' ? this.#choices : `${text.trimEnd()}\n\n${this.#choices}`;
  }

  async #readAll(): Promise<void> {
    const stopped = new Promise<IteratorResult<StreamPart>>((resolve) => {
      this.#stop = () => resolve({ done: true, value: undefined });
    });
    const parts = this.#source[Symbol.asyncIterator]();
    let bytes = 0;
    let isDone = false;
    try {
      while (!this.#isAborted) {
        const next = await Promise.race([parts.next(), stopped]);
        if (next.done === true) return void (isDone = !this.#isAborted);
        const part: unknown = next.value;
        if (part === RETRACT) [this.#delivered, this.#choices, bytes] = [this.#text.length, '', 0];
        else if (isTextReply(part)) {
          checkBytes((bytes += Buffer.byteLength(part.content)), 'A streamed text');
          this.#choices = part.content;
        } else if (typeof part !== 'string') throw new ReplyInvalid(NOT_TEXT + typeof part);
        else {
          checkBytes((bytes += Buffer.byteLength(part)), 'A streamed text');
          this.#text += part;
        }
      }
    } finally {
      if (!isDone) void (async () => parts.return?.(undefined))().catch(() => {}); // its result is not awaited
    }
  }

  #shown(text: string): string {
    return this.#markdown ? markdownToText(text) : text;
  }
}

const isTextReply = (part: unknown): part is TextReply =>
  typeof part === 'object' &&
  part !== null &&
  'type' in part &&
  part.type === 'text' &&
  'content' in part &&
  typeof part.content === 'string';
