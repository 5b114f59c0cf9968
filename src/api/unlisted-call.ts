import type { HttpContent } from '../ports/http-client.js';
import type { Json } from '../protocol/json.js';
import { ApiRequestInvalid, ApiUnreachable } from './api-error.js';
import type { ApiCallOptions } from './call-options.js';
import type { EndpointSpec } from './catalogue/endpoint.js';
import { assertFields, type CallRequest } from './execute-call.js';
import { formOf } from './media/multipart.js';
import { toQuery, toRequestBody } from './request-body.js';
import { saysErrcode, type JsonObject } from './response.js';

/** Options of `call`: the facts that the catalogue has about listed APIs. */
export interface UnlistedCallOptions extends ApiCallOptions {
  /** Default: POST with a body, GET without. */
  readonly method?: 'GET' | 'POST';
  /** Query without the access token, which the client adds. `undefined` values are omitted. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** True if the call can be repeated safely, also at another host. Default: true for a GET. */
  readonly idempotent?: boolean;
  /** Required fields of the answer. Default: those of the catalogue, if it has the path. */
  readonly answer?: readonly string[];
}

/** A body: an object is sent as JSON, a text unchanged, a form with its files as `multipart/form-data`. */
export type UnlistedCallBody = Json | FormData;

/** @throws ApiRequestInvalid  the path contains more than a path, so the token could be sent elsewhere */
export async function toUnlistedCall(
  path: string,
  body: UnlistedCallBody | undefined,
  options: UnlistedCallOptions,
): Promise<CallRequest> {
  checkPath(path);
  const { method = body === undefined ? 'GET' : 'POST', query = {} } = options;
  const { idempotent = method === 'GET' } = options;
  return { method, path, idempotent, query: toQuery(query), ...(await toPayload(body)) };
}

async function toPayload(body: UnlistedCallBody | undefined): Promise<Pick<CallRequest, 'body' | 'content'>> {
  if (body === undefined) return {};
  if (body instanceof FormData) return { content: await toForm(body) };
  if (typeof body === 'string') return isJsonText(body) ? { body } : { content: toTextContent(body) };
  return { body: typeof body === 'object' && body !== null ? toRequestBody(body) : JSON.stringify(body) };
}

const isJsonText = (text: string): boolean => /^\s*[[{]/.test(text);

const toTextContent = (text: string): HttpContent => ({
  type: 'text/plain; charset=utf-8',
  pieces: [Buffer.from(text)],
});

async function toForm(form: FormData): Promise<HttpContent> {
  const parts = [...form].map(async ([field, value]) =>
    typeof value === 'string'
      ? { field, text: value }
      : {
          field,
          fileName: value.name,
          contentType: value.type === '' ? 'application/octet-stream' : value.type,
          bytes: new Uint8Array(await value.arrayBuffer()),
        },
  );
  return formOf(await Promise.all(parts));
}

/** Refuses anything but a path: appended to a host it could change the host or hide the token. */
function checkPath(path: string): void {
  if (/^\/(?!\/)[^\s?#\\]*$/.test(path)) return;
  const shown = path.replace(/[?#].*$/s, '');
  throw new ApiRequestInvalid(shown, 'path', {
    en: 'has to be such as /cgi-bin/user/info; a query goes into { query }',
    zh: '应为 /cgi-bin/user/info 这样的路径；查询参数写进 { query }',
  });
}

/** Fields in errors of gateways and web servers; WeChat uses `errcode`. */
const NOT_WECHATS = new Set(
  'code error error_description message msg detail details status success timestamp path requestId request_id trace_id'.split(
    ' ',
  ),
);

/**
 * Checks that an answer is WeChat's: by the required fields of caller or catalogue; without such, by an errcode, or by
 * any field that is not typical of a gateway.
 *
 * @throws ApiUnreachable  the call may have taken effect
 */
export function assertAnswered(
  path: string,
  answer: JsonObject,
  { answer: expected }: UnlistedCallOptions,
  row: EndpointSpec | undefined,
): void {
  const fields: readonly string[] | undefined = expected ?? row?.answer;
  if (fields !== undefined) assertFields(path, answer, fields);
  else if (
    !saysErrcode(answer) &&
    (row !== undefined || Object.keys(answer).every((key) => NOT_WECHATS.has(key)))
  )
    throw new ApiUnreachable(path, 'the answer holds no errcode', { sent: true });
}
