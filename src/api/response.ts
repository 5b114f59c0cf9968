import { classOf, readErrmsg } from '../protocol/errcodes.js';
import type { Json } from '../protocol/json.js';
import type { HttpResponse } from '../ports/http-client.js';
import { ApiRefused, ApiUnreachable } from './api-error.js';

export interface JsonObject {
  readonly [key: string]: Json;
}

/** Makes the result of a call out of an answer. Errors name the endpoint and the host, never the address. */
export type ReadResponse<T> = (endpoint: string, response: HttpResponse, accessPoint?: string) => T;

/**
 * Takes an API answer apart. Success is an `errcode` that is absent or 0; errmsg, status and content type decide nothing
 * where an errcode speaks. What is no JSON object, or comes with another status than 2xx and names no error, was not
 * said by the API but by something in between. Whole numbers beyond 2^53, as some ids are, come out as text.
 *
 * @throws ApiRefused      the answer holds an errcode other than 0
 * @throws ApiUnreachable  the answer cannot be believed; the call may have taken effect
 */
export const readAnswer: ReadResponse<JsonObject> = (endpoint, response, accessPoint) => {
  const answer = parseObject(response.text);
  const errcode = answer === undefined ? undefined : errcodeOf(answer);
  if (answer === undefined || errcode === undefined) {
    const isEmpty = response.text.trim() === '';
    throw unusable(
      endpoint,
      response,
      accessPoint,
      isEmpty ? 'an empty body' : 'a body that is not an API answer',
    );
  }
  if (errcode !== 0) {
    const { text, rid } = readErrmsg(typeof answer['errmsg'] === 'string' ? answer['errmsg'] : '');
    const ridField = typeof answer['rid'] === 'string' ? answer['rid'] : undefined;
    const errorClass = classOf(errcode);
    throw new ApiRefused(endpoint, { errcode, text, rid: rid ?? ridField, errorClass, accessPoint, answer });
  }
  if (!isSuccess(response)) throw unusable(endpoint, response, accessPoint);
  return answer;
};

/** Whether the status is one under which the API speaks. */
export const isSuccess = ({ status }: HttpResponse): boolean => status >= 200 && status <= 299;

/** Something in between answered. */
export function unusable(
  endpoint: string,
  { status }: HttpResponse,
  accessPoint: string | undefined,
  seen?: string,
): ApiUnreachable {
  const why = seen === undefined ? `HTTP ${status}` : `HTTP ${status} with ${seen}`;
  const kind = status >= 500 ? 'server-error' : 'not-json';
  return new ApiUnreachable(endpoint, why, { sent: true, kind, accessPoint });
}

/** 0 where there is none; undefined where it is there and is no whole number. Gateways turn numbers into strings. */
function errcodeOf(answer: JsonObject): number | undefined {
  const errcode = answer['errcode'];
  if (errcode === undefined) return 0;
  if (typeof errcode === 'number') return Number.isInteger(errcode) ? errcode : undefined;
  if (typeof errcode === 'string' && /^\s*-?\d{1,15}\s*$/.test(errcode)) return Number(errcode);
  return undefined;
}

/** A JSON object, whatever raw control characters its strings hold; undefined where it is none. */
export function parseObject(body: string): JsonObject | undefined {
  const text = body.replace(/^\uFEFF/, '');
  // Nicknames bring raw control characters into strings; outside strings a blank does no harm.
  // oxlint-disable-next-line no-control-regex
  const value = parse(text) ?? parse(text.replace(/[\u0000-\u001f]/g, ' '));
  return isObject(value) ? value : undefined;
}

// Strings are matched only to be stepped over. Valid JSON is a premise: the parser has judged it before.
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (!/\d{16}/.test(text)) return value;
    const exact: unknown = JSON.parse(text.replace(STRING_OR_NUMBER, asExactText));
    return exact;
  } catch {
    return undefined;
  }
}

/** An integer that a number cannot hold, in quotes; anything else as it is. */
function asExactText(token: string): string {
  return !/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token)) ? token : `"${token}"`;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
