/** The parsed query of a request. */
export interface QueryParts {
  /** The query without access tokens, otherwise unchanged. */
  readonly rest: string;
  /** The access tokens; normally one. */
  readonly tokens: readonly string[];
}

/**
 * Removes the access token from a query. The rest stays byte for byte.
 *
 * @returns `undefined` if a name cannot be decoded, because WeChat's reading of it is unknown
 */
export function takeToken(query: string): QueryParts | undefined {
  const rest: string[] = [];
  const tokens: string[] = [];
  for (const part of query === '' ? [] : query.split('&')) {
    const [name = '', ...value] = part.split('=');
    const decoded = decode(name);
    if (decoded === undefined) return undefined;
    // Lenient about the name, so that no token of ours is beside one that WeChat might prefer.
    if (decoded.trim().toLowerCase() !== 'access_token') rest.push(part);
    else tokens.push(decode(value.join('=')) ?? '');
  }
  return { rest: rest.join('&'), tokens: tokens.filter((token) => token !== '') };
}

/** Appends a token to the query. */
export function withToken(rest: string, token: string): string {
  const parameter = `access_token=${encodeURIComponent(token)}`;
  return rest === '' ? parameter : `${rest}&${parameter}`;
}

/** Returns the value of a parameter that occurs once. */
export function parameterOf(query: string, name: string): string | undefined {
  const values = new URLSearchParams(query).getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
