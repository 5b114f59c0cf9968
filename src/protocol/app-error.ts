import type { Language, Words } from './words.js';

/**
 * Base of all errors thrown on purpose; anything else that surfaces is a bug. `docs/errors.md` lists them.
 *
 * @example
 * if (error instanceof AppError) log.warn({ code: error.code, retryable: error.retryable }, 'expected');
 */
export abstract class AppError extends Error {
  /** Stable identifier of the failure, for logs and metrics. */
  abstract readonly code: string;
  readonly #words: Words | undefined;

  /** `message` itself is English: it goes into logs and to programs. */
  constructor(message: string | Words, options?: ErrorOptions) {
    super(typeof message === 'string' ? message : message.en, options);
    if (typeof message !== 'string') this.#words = message;
  }
  override get name(): string {
    return this.constructor.name;
  }
  /** The message for people at a terminal: Chinese where it was given in both languages. */
  messageIn(language: Language): string {
    return this.#words?.[language] ?? this.message;
  }
  /** True if the same call may succeed later without any change. */
  get retryable(): boolean {
    return false;
  }
}
