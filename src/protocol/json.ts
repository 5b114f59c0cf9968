/** What survives `JSON.stringify` and comes back equal: tasks, stored records. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
