/** Languages in which people are spoken to. */
export type Language = 'zh' | 'en';

/** A sentence in both languages. Never a secret. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

/** The same text in both languages: a name, a number, JSON. */
export const inBoth = (text: string): Words => ({ zh: text, en: text });
