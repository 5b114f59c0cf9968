/** Limit in characters of the encoded address (中 takes nine), so that the cookies of three logins fit into a header. */
const MAX_LENGTH = 1_500;

/** An encoded dot, slash or backslash in a path, which servers interpret differently. */
const ENCODED_TRAVERSAL = /%(?:25)*(?:2e|2f|5c)/i;

/**
 * Checks the address to return to after a login; `undefined` if it is not allowed. The result is normalized as in
 * browsers, so that no later reader interprets it differently.
 *
 * In: `text` is `https://host/path…`, or `/path…` on our own site. `allowed` are origins with an optional path, as in
 * `https://www.example.com/shop`: the path itself and all below it.
 */
export function parseRedirectTarget(
  text: string,
  { allowed, site }: { readonly allowed: readonly string[]; readonly site: string },
): string | undefined {
  // Browsers drop tabs and line breaks, trim blanks, and take a backslash for a slash.
  // oxlint-disable-next-line no-control-regex
  if (text.length > MAX_LENGTH || /[\u0000-\u0020\u007f\\]/.test(text)) return undefined;
  const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1];
  const isPath = /^\/(?!\/)/.test(text);
  if (!isPath && (authority === undefined || authority.includes('@'))) return undefined;
  if (!URL.canParse(text, site)) return undefined;
  const url = new URL(text, site);
  if (url.href.length > MAX_LENGTH || ENCODED_TRAVERSAL.test(url.pathname)) return undefined;
  return allowed.some((entry) => covers(new URL(entry), url)) ? url.href : undefined;
}

function covers(entry: URL, url: URL): boolean {
  const folder = entry.pathname.replace(/\/+$/, '');
  if (entry.origin !== url.origin) return false;
  return folder === '' || url.pathname === folder || url.pathname.startsWith(`${folder}/`);
}

/**
 * Adds an empty fragment to the address of a redirect. Without it, browsers would append the `#wechat_redirect` of the
 * earlier redirect.
 */
export function withEmptyFragment(address: string): string {
  return address.includes('#') ? address : `${address}#`;
}

/** Adds a parameter to the query and leaves the rest of the address as it is. */
export function withParameter(address: string, name: string, value: string): string {
  const at = address.indexOf('#');
  const [page, fragment] = at === -1 ? [address, ''] : [address.slice(0, at), address.slice(at)];
  return `${page}${page.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}${fragment}`;
}
