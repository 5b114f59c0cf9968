import { z } from 'zod';

/* How values of the environment are read: always from text, and strictly. */

export const trimmed = z.string().trim();
export const wholeNumber = (from: number, to: number) =>
  trimmed
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(from).max(to));
export const oneOf = <const Words extends readonly [string, ...string[]]>(...words: Words) =>
  trimmed.toLowerCase().pipe(z.enum(words));
export const anyText = z.string();
export const path = trimmed.min(1);
/** An IPv6 address may stand in brackets, as in a URL. */
export const host = path.transform((text) => text.replace(/^\[(.+)\]$/, '$1'));

/** `http://` or `https://`, without query, fragment or credentials; comes out without a slash at its end. */
export const baseUrl = trimmed
  .refine((text) => {
    if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
    const { search, hash, username, password } = new URL(text);
    return search === '' && hash === '' && username === '' && password === '';
  })
  .transform((text) => new URL(text).href.replace(/\/+$/, ''));
