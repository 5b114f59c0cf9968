import type { Fields } from '../fields.js';

/** Readers of fields by kind. The result of a reader is what a handler of that kind gets. */
export type Readers = {
  readonly [kind: `${'message' | 'event' | 'info'}.${string}`]: (fields: Fields) => object;
};
