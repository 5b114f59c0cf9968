import { TEXT_LIMIT_BYTES } from '../protocol/limits.js';
import { markdownSplitPoint, markdownToText } from '../protocol/markdown-text.js';
import { checkBytes, ReplyInvalid } from '../protocol/reply.js';
import { completeLength } from '../protocol/text/complete-sentences.js';

export interface StreamOptions {
  /** What comes is Markdown, and becomes a text that WeChat shows well. */
  readonly markdown?: boolean;
  /** What becomes of the rest when the user writes again before it was sent: `abort` (default) or `finish`. */
  readonly onNewMessage?: 'abort' | 'finish';
}

/**
 * A part that retracts all parts before it, as far as they were not delivered yet: a model's thinking, say, that is known
 * as such only by its end.
 */
export const RETRACT: unique symbol = Symbol.for('wechat-callback-server.retract');

/** A part of an answer that is still being written. */
export type StreamPart = string | typeof RETRACT;

const NOT_TEXT = 'ctx.reply.stream takes an async iterable of texts, and it gave a value of type ';

/** Markdown grows when it loses its marks: links and tables take more room. */
const MARKDOWN_ROOM = 0.6;

/**
 * An answer that is still being written: the texts of an async iterable, one after the other, as a language model gives
 * them. What is complete can be said while the rest is awaited.
 */
export class TextStream {
  readonly type = 'stream';
  readonly onNewMessage: 'abort' | 'finish';
  readonly #source: AsyncIterable<StreamPart>;
  readonly #markdown: boolean;
  #text = '';
  #delivered = 0;
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

  /** True for what this class made; a proxy of it, say, is none. */
  static isStream(value: unknown): value is TextStream {
    return typeof value === 'object' && value !== null && #text in value;
  }

  get isAborted(): boolean {
    return this.#isAborted;
  }

  /** Reads to the end. Rejects with what the source threw; what came before that can still be said. */
  read(): Promise<void> {
    return (this.#reading ??= this.#readAll());
  }

  /** Reads no more, and lets the source know. What is on its way is not waited for. */
  abort(): void {
    this.#isAborted = true;
    this.#stop?.();
  }

  /** The whole sentences that were not said yet, as far as one message holds them. Undefined: none. */
  completeSentences(): { readonly content: string; readonly upTo: number } | undefined {
    const rest = this.#text.slice(this.#delivered);
    const whole = completeLength(rest, TEXT_LIMIT_BYTES * (this.#markdown ? MARKDOWN_ROOM : 1));
    // A paragraph that is complete converts as it would in the end; else whole sentences will do.
    const length = (this.#markdown && markdownSplitPoint(rest.slice(0, whole))) || whole;
    const content = this.#shown(rest.slice(0, length));
    return content.trim() === '' ? undefined : { content, upTo: this.#delivered + length };
  }

  /** From here on everything up to this place counts as said. */
  markDelivered(upTo: number): void {
    // A part may have been retracted meanwhile, and more than this.
    this.#delivered = Math.max(this.#delivered, upTo);
  }

  /** All that has come and was not said. */
  rest(): string {
    return this.#shown(this.#text.slice(this.#delivered));
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
        if (part === RETRACT) [this.#delivered, bytes] = [this.#text.length, 0];
        else if (typeof part !== 'string') throw new ReplyInvalid(NOT_TEXT + typeof part);
        else {
          checkBytes((bytes += Buffer.byteLength(part)), 'A streamed text');
          this.#text += part;
        }
      }
    } finally {
      if (!isDone) void (async () => parts.return?.(undefined))().catch(() => {}); // what it says is not waited for
    }
  }

  #shown(text: string): string {
    return this.#markdown ? markdownToText(text) : text;
  }
}
