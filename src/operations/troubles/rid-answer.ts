/** WeChat's record of a call, from `openapi/rid/get`. */
interface RidRecord {
  readonly invoke_time: number;
  readonly cost_in_ms: number;
  readonly request_url: string;
  readonly request_body: string;
  readonly response_body: string;
  readonly client_ip: string;
}

/** Parameters of an API URL that a report may contain. The others are secrets, or parts of them. */
const SHOWN = new Set(['openid', 'lang', 'type', 'appid', 'next_openid', 'media_id', 'grant_type']);

/**
 * Redacts WeChat's record for a report: tokens and codes in the URL, the request with the user's text, and the response
 * except errcode and errmsg.
 */
export function redactRidRecord({ request_url, request_body, response_body, ...rest }: RidRecord): object {
  const bytes = (text: string): string => `*** (${Buffer.byteLength(text)} bytes)`;
  return {
    ...rest,
    request_url: redactUrl(request_url),
    request_body: bytes(request_body),
    response_body: errorIn(response_body) ?? bytes(response_body),
  };
}

function redactUrl(url: string): string {
  const [path, query] = url.includes('?') ? url.split('?', 2) : ['', url];
  const shown = [...new URLSearchParams(query)].map(([name, value]) =>
    SHOWN.has(name) ? `${name}=${value}` : `${name}=***`,
  );
  return path === '' ? shown.join('&') : `${path}?${shown.join('&')}`;
}

function errorIn(body: string): object | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    if (typeof answer !== 'object' || answer === null) return undefined;
    const errcode: unknown = Reflect.get(answer, 'errcode');
    if (typeof errcode !== 'number') return undefined;
    return { errcode, errmsg: String(Reflect.get(answer, 'errmsg') ?? '') };
  } catch {
    return undefined;
  }
}
