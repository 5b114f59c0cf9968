/**
 * A value that survives `JSON.stringify` and `JSON.parse`: tasks, stored records.
 *
 * @example
 * const task: Json = { city: '北京', days: [1, 2] };
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
