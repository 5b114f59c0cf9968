/** The address, if it may be opened: http or https and nothing else. */
export function safeUrl(text) {
  if (typeof text !== 'string' || !/^https?:\/\//i.test(text)) return undefined;
  return URL.canParse(text) ? new URL(text).href : undefined;
}
