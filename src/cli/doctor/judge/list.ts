/** Lines below a sentence. */
export const list = (texts: readonly string[]): string => texts.map((text) => `\n    - ${text}`).join('');
