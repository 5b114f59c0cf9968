import type { ApiRequest } from './access-points.js';
import { ApiBudgetSpent, ApiRefused, ApiUnreachable } from './api-error.js';
import type { CallBudget } from './call-budget.js';
import type { ApiCallOptions } from './call-options.js';
import type { CallExecutor, EndpointSpec } from './catalogue/endpoint.js';
import { fieldsAt } from './catalogue/field-path.js';
import { checkLimits } from './catalogue/limits.js';
import { toQuery, toRequestBody } from './request-body.js';
import type { JsonObject } from './response.js';

/** An exchange before it is known by which token, and how long it may take. */
export type CallRequest = Pick<ApiRequest, 'method' | 'path' | 'query' | 'body' | 'idempotent'>;

/** Makes the calls of the catalogue from their rows: checks, counts, sends, reads. */
export function createCallExecutor(deps: {
  /** With the access token, or without where `token` is false. */
  readonly exchange: (call: CallRequest, options: ApiCallOptions, token: boolean) => Promise<JsonObject>;
  readonly budget: CallBudget | undefined;
}): CallExecutor {
  const { exchange, budget } = deps;
  return async (row, request, options) => {
    if (row.limits !== undefined) checkLimits(row.path, row.limits, request);
    if (row.budget === true && options.overBudget !== true) await spend(budget, row);
    try {
      return readFields(row, await exchange(toCall(row, request), options, row.token !== false));
    } catch (error) {
      if (!(error instanceof ApiRefused) || row.alreadyDoneCodes?.includes(error.errcode) !== true)
        throw error;
      return readFields(row, error.answer);
    }
  };
}

async function spend(budget: CallBudget | undefined, { path, quota }: EndpointSpec): Promise<void> {
  if (budget === undefined || quota === undefined)
    throw new ApiBudgetSpent(path, 'there are few such calls a month and nothing counts them here');
  await budget.spend(path, quota);
}

function toCall(row: EndpointSpec, request: object): CallRequest {
  const { method, path } = row;
  const idempotent = typeof row.idempotent === 'boolean' ? row.idempotent : row.idempotent(request);
  return method === 'GET'
    ? { method, path, idempotent, query: toQuery(request) }
    : { method, path, idempotent, body: toRequestBody(request) };
}

/**
 * What the answer says besides that it went well, ids as text.
 *
 * @throws ApiUnreachable  a field is missing without which the answer cannot be believed
 */
function readFields({ path, answer: expected, ids = [] }: EndpointSpec, answer: object): object | undefined {
  if (expected === undefined) return undefined;
  const { errcode: _errcode, errmsg: _errmsg, ...fields }: { errcode?: unknown; errmsg?: unknown } = answer;
  const missing = expected.find((name) => !(name in fields));
  if (missing !== undefined) throw new ApiUnreachable(path, `the answer holds no ${missing}`, { sent: true });
  for (const id of ids) {
    for (const { value, replace } of fieldsAt(fields, id)) {
      if (typeof value === 'number') replace(String(value));
    }
  }
  return fields;
}
