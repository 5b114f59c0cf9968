import type { z } from 'zod';

/** One environment variable: how it is read, what it means, whether its value may be shown. */
export interface Variable<T = unknown> {
  readonly schema: z.ZodType<T, string>;
  /** What may stand there: goes on after "allowed:" and after "Set it to". */
  readonly allowed: string;
  /** Used when the variable is absent or empty, read by the same schema. */
  readonly fallback?: string;
  /** What happens without it, in words, where there is no fixed fallback. */
  readonly without?: string;
  readonly secret?: true;
  /** Its text is JSON: in the file of accounts it may stand as it is. */
  readonly json?: true;
  readonly meaning: string;
}
