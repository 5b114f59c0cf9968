/**
 * Three logins with longer ones do not fit into a header of cookies. Of the address as browsers write it, which makes
 * nine characters of 中.
 */
const MAX_LENGTH = 1_500;

/** A dot, slash or backslash in a path, encoded once or more often: servers differ on what it means. */
const ENCODED_TRAVERSAL = /%(?:25)*(?:2e|2f|5c)/i;

/**
 * The address to return to after a login, or `undefined` where it is not one of ours. Comes out as browsers understand
 * it, so that nobody after us reads it in another way.
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
 * The address as it is sent to the browser on its way back from WeChat. A browser carries the `#wechat_redirect` of the
 * way there on to an address without a fragment of its own, where an empty one stops it.
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
