import type { z } from 'zod';
import type { Words } from '../protocol/words.js';

/** An environment variable: its schema, its meaning, and whether its value may be shown. */
export interface Variable<T = unknown> {
  readonly schema: z.ZodType<T, string>;
  /** The allowed values, as words that follow "allowed:" and "Set it to"; in Chinese 应为 and 请填. */
  readonly allowed: Words;
  /** Used when the variable is absent or empty, read by the same schema. */
  readonly fallback?: string;
  /** Describes the effect of its absence, if there is no fixed fallback. */
  readonly without?: string;
  readonly secret?: true;
  /** True if its text is JSON, which the accounts file may contain directly. */
  readonly json?: true;
  readonly meaning: string;
}
