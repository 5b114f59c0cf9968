import { inBoth, type Words } from '../../protocol/words.js';

/** Refusal of a request of the JSON API, with its HTTP status and a sentence for the caller. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly words: Words;
  constructor(status: number, message: string | Words) {
    const words = typeof message === 'string' ? inBoth(message) : message;
    super(words.en);
    this.status = status;
    this.words = words;
  }
}

/** The sentence of an error for people; errors of others have theirs in English only. */
export const wordsOf = (error: unknown): Words =>
  error instanceof Problem ? error.words : inBoth(error instanceof Error ? error.message : String(error));
