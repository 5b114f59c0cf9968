import type { ApiRequest } from './access-points/access-points.js';
import { ApiBudgetSpent, ApiRefused, ApiUnreachable } from './api-error.js';
import type { CallBudget } from './call-budget.js';
import type { ApiCallOptions } from './call-options.js';
import type { CallExecutor, EndpointSpec } from './catalogue/endpoint.js';
import { fieldsAt } from './catalogue/field-path.js';
import { checkLimits, type Limits } from './catalogue/limits.js';
import { toQuery, toRequestBody } from './request-body.js';
import { saysErrcode, type JsonObject } from './response.js';

/** A request before its token and its time limit are known. */
export type CallRequest = Pick<ApiRequest, 'method' | 'path' | 'query' | 'body' | 'content' | 'idempotent'>;

/** Creates the executor of catalogue calls: checks the limits, counts the budget, sends, reads the answer. */
export function createCallExecutor(deps: {
  /** Sends a request, with the access token if `token` is true. */
  readonly exchange: (call: CallRequest, options: ApiCallOptions, token: boolean) => Promise<JsonObject>;
  readonly budget: CallBudget | undefined;
}): CallExecutor {
  const { exchange, budget } = deps;
  return async (row, request, options) => {
    checkLimits(row.path, limitsOf(row, request), request);
    if (options.overBudget !== true) await assertBudget(budget, row);
    try {
      return readFields(row, await exchange(toCall(row, request), options, row.token !== false));
    } catch (error) {
      if (!(error instanceof ApiRefused) || row.alreadyDoneCodes?.includes(error.errcode) !== true)
        throw error;
      return readFields(row, error.answer);
    }
  };
}

/** Returns the limits of a request. */
export function limitsOf({ limits = {} }: EndpointSpec, request: object): Limits {
  return typeof limits === 'function' ? limits(request) : limits;
}

/** Counts a call of which there are few a month. @throws ApiBudgetSpent · StoreUnavailable */
export async function assertBudget(
  budget: CallBudget | undefined,
  { path, quota, budget: isCounted }: EndpointSpec,
): Promise<void> {
  if (isCounted !== true) return;
  if (budget === undefined || quota === undefined)
    throw new ApiBudgetSpent(path, {
      en: 'there are few such calls a month and nothing counts them here',
      zh: '这个接口每月的次数很少，而这里没有计数',
    });
  await budget.spend(path, quota);
}

/** Tells whether the call may be made twice without harm. */
export function isIdempotent({ idempotent }: EndpointSpec, request: object): boolean {
  return typeof idempotent === 'boolean' ? idempotent : idempotent(request);
}

function toCall(row: EndpointSpec, request: object): CallRequest {
  const { method, path, fixed = {}, query: inQuery } = row;
  const idempotent = isIdempotent(row, request);
  if (method === 'GET') return { method, path, idempotent, query: { ...fixed, ...toQuery(request) } };
  const entries = Object.entries(request);
  const isQuery = ([name]: [string, unknown]): boolean => inQuery?.includes(name) === true;
  const query = { ...fixed, ...toQuery(Object.fromEntries(entries.filter(isQuery))) };
  const fields = entries.filter((entry) => !isQuery(entry));
  const hasBody = inQuery === undefined || fields.length > 0;
  return {
    method,
    path,
    idempotent,
    ...(Object.keys(query).length > 0 && { query }),
    ...(hasBody && { body: toRequestBody(Object.fromEntries(fields)) }),
  };
}

/** @throws ApiUnreachable  a required field is missing, so the answer may not be WeChat's */
export function assertFields(path: string, answer: object, expected: readonly string[]): void {
  const missing = expected.find((name) => !(name in answer));
  if (missing !== undefined) throw new ApiUnreachable(path, `the answer holds no ${missing}`, { sent: true });
}

/**
 * Returns the fields of an answer without errcode and errmsg, ids as text; undefined for an endpoint without fields.
 *
 * @throws ApiUnreachable  a required field is missing, so the answer may not be WeChat's; of an endpoint without fields
 * that is errcode
 */
export function readFields(
  { path, answer: expected, ids = [] }: EndpointSpec,
  answer: object,
): object | undefined {
  if (expected === undefined) {
    if (!saysErrcode(answer)) throw new ApiUnreachable(path, 'the answer holds no errcode', { sent: true });
    return undefined;
  }
  const {
    errcode: _errcode,
    errmsg: _errmsg,
    base_resp: _older,
    ...fields
  }: { errcode?: unknown; errmsg?: unknown; base_resp?: unknown } = answer;
  assertFields(path, fields, expected);
  for (const id of ids) {
    for (const { value, replace } of fieldsAt(fields, id)) {
      if (typeof value === 'number') replace(String(value));
    }
  }
  return fields;
}
