import type { Json } from '../protocol/json.js';
import { toOpenId } from '../protocol/ids.js';
import { ApiRequestInvalid } from './api-error.js';
import { rowOf, type EndpointSpec } from './catalogue/endpoint.js';
import type { HandlerApi } from './client.js';
import { SEND_PATH } from './catalogue/messages.js';
import type { UnlistedCallOptions } from './unlisted-call.js';

/** A function of the catalogue, without the types of its request and answer. */
type ListedCall = (request: object, options: UnlistedCallOptions) => Promise<unknown>;

/**
 * Calls an API by its path: one of the catalogue with its checks, its budget and its ids as text, any other as `api.call`.
 * `query` holds fields, too. Resolves with the answer; `undefined`: it has no fields.
 *
 * @throws as `api.call`, and ApiBudgetSpent
 */
export async function callByPath(
  api: HandlerApi,
  path: string,
  body: Json | undefined,
  { query = {}, ...options }: UnlistedCallOptions = {},
): Promise<unknown> {
  const listed = findListed(api, path);
  if (listed === undefined || (body !== undefined && !isFields(body)))
    return api.call(path, body, { query, ...options });
  const { row, call } = listed;
  return call({ ...numbered(row, query), ...body }, options);
}

function findListed(api: HandlerApi, path: string): { row: EndpointSpec; call: ListedCall } | undefined {
  for (const family of Object.values<unknown>({ ...api })) {
    if (typeof family !== 'object' || family === null) continue;
    for (const call of Object.values<unknown>({ ...family })) {
      if (typeof call !== 'function') continue;
      const row = rowOf(call);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the checks of the row are its types here
      if (row?.path === path && row.fixed === undefined) return { row, call: call as ListedCall };
    }
  }
  return path === SEND_PATH ? { row: SEND_ROW, call: sendTo(api) } : undefined;
}

const SEND_ROW: EndpointSpec = { method: 'POST', path: SEND_PATH, idempotent: false };

/** The client's `send` takes its receiver apart. */
const sendTo =
  ({ messages }: HandlerApi): ListedCall =>
  async (request, options) => {
    const { touser, ...message }: { touser?: unknown } = request;
    if (typeof touser !== 'string' || touser === '')
      throw new ApiRequestInvalid(SEND_PATH, 'touser', {
        en: 'has to be the OpenID of the user',
        zh: '应为用户的 OpenID',
      });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- WeChat checks the rest
    await messages.send(toOpenId(touser), message as Parameters<typeof messages.send>[1], options);
  };

/** Query values are texts; limits of the catalogue compare numbers. */
function numbered(
  { method, limits }: EndpointSpec,
  query: NonNullable<UnlistedCallOptions['query']>,
): object {
  if (method !== 'GET' || typeof limits !== 'object') return query;
  const isNumber = (name: string): boolean => Object.hasOwn(Object(limits[name]), 'number');
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, isNumber(name) ? Number(value) : value]),
  );
}

const isFields = (body: Json): body is { readonly [name: string]: Json } =>
  typeof body === 'object' && body !== null && !Array.isArray(body);
