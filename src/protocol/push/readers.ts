import type { Fields } from '../fields.js';

/** By kind, how its fields are read; what a reader returns is what a handler of that kind sees. */
export type Readers = {
  readonly [kind: `${'message' | 'event' | 'info'}.${string}`]: (fields: Fields) => object;
};
