import { z } from 'zod';

/* Schemas of environment values, which are always parsed from text, strictly. */

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
/** An IPv6 address may be in brackets, as in a URL. */
export const host = path.transform((text) => text.replace(/^\[(.+)\]$/, '$1'));

/** `http://` or `https://`, without query, fragment or credentials; the result has no trailing slash. */
export const baseUrl = trimmed
  .refine((text) => {
    if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
    const { search, hash, username, password } = new URL(text);
    return search === '' && hash === '' && username === '' && password === '';
  })
  .transform((text) => new URL(text).href.replace(/\/+$/, ''));
