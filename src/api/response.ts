import { classOf, readErrmsg } from '../protocol/errcodes.js';
import type { Json } from '../protocol/json.js';
import type { HttpResponse } from '../ports/http-client.js';
import { ApiRefused, ApiUnreachable } from './api-error.js';

export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * Converts an answer to the result of a call. Errors contain the endpoint and the host, never the address, nor any of
 * the request's `secrets` that the answer echoes.
 */
export type ReadResponse<T> = (
  endpoint: string,
  response: HttpResponse,
  accessPoint?: string,
  secrets?: readonly string[],
) => T;

/**
 * Parses an API answer. Success means that `errcode` is absent or 0; if there is an errcode, errmsg, status and content
 * type are ignored. An answer that is not a JSON object, or has a status other than 2xx and no errcode, came from a
 * gateway. Integers beyond 2^53 (some ids) become texts. Some older APIs have their errcode as `ret` in `base_resp`.
 *
 * @throws ApiRefused      the answer holds an errcode other than 0
 * @throws ApiUnreachable  the answer is not the API's; the call may have taken effect
 */
export const readAnswer: ReadResponse<JsonObject> = (endpoint, response, accessPoint, secrets = []) => {
  const answer = parseObject(response.text);
  const errcode = answer === undefined ? undefined : errcodeOf(answer);
  if (answer === undefined || errcode === undefined) {
    throw unusable(endpoint, response, accessPoint, kindOfBody(response.text));
  }
  if (errcode !== 0) {
    const { text: said, rid } = readErrmsg(errmsgOf(answer));
    const text = secrets.reduce((left, secret) => left.replaceAll(secret, '…'), said);
    const ridField = typeof answer['rid'] === 'string' ? answer['rid'] : undefined;
    const errorClass = classOf(errcode);
    throw new ApiRefused(endpoint, { errcode, text, rid: rid ?? ridField, errorClass, accessPoint, answer });
  }
  if (!isSuccess(response)) throw unusable(endpoint, response, accessPoint);
  return answer;
};

function kindOfBody(text: string): string {
  if (text.trim() === '') return 'an empty body';
  return text.includes('\uFFFD') ? 'bytes, which callForFile reads' : 'a body that is not an API answer';
}

/** True for a status with which the API answers. */
export const isSuccess = ({ status }: HttpResponse): boolean => status >= 200 && status <= 299;

/** Creates the error for an answer of a gateway. */
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

/** Returns 0 if there is none; `undefined` if it is not an integer. */
function errcodeOf(answer: JsonObject): number | undefined {
  const said = [answer['errcode'], ...olderCodes(answer)].map(toErrcode);
  return said.includes(undefined) ? undefined : (said.find((errcode) => errcode !== 0) ?? 0);
}

/** True if the answer contains an errcode. */
export function saysErrcode(answer: object): boolean {
  return 'errcode' in answer || olderCodes(answer).some((code) => code !== undefined);
}

/** `{"base_resp":{"ret":0,"err_msg":"ok"}}`, or the same with `errcode` and `errmsg`. */
function olderCodes(answer: object): readonly unknown[] {
  const older: unknown = Reflect.get(answer, 'base_resp');
  return isObject(older) ? [older['ret'], older['errcode']] : [];
}

function errmsgOf(answer: JsonObject): string {
  const older = answer['base_resp'];
  const said = [answer['errmsg'], ...(isObject(older) ? [older['err_msg'], older['errmsg']] : [])];
  return said.find((text) => typeof text === 'string') ?? '';
}

/** Parses an errcode, which gateways may turn into a string. */
function toErrcode(errcode: unknown): number | undefined {
  if (errcode === undefined) return 0;
  if (typeof errcode === 'number') return Number.isInteger(errcode) ? errcode : undefined;
  if (typeof errcode === 'string' && /^\s*-?\d{1,15}\s*$/.test(errcode)) return Number(errcode);
  return undefined;
}

/** Parses a JSON object, even with raw control characters in its strings; `undefined` for anything else. */
export function parseObject(body: string): JsonObject | undefined {
  const text = body.replace(/^\uFEFF/, '');
  // Nicknames may contain raw control characters; a blank outside strings is harmless.
  // oxlint-disable-next-line no-control-regex
  const value = parse(text) ?? parse(text.replace(/[\u0000-\u001f]/g, ' '));
  return isObject(value) ? value : undefined;
}

// Matches strings only to skip them. The text must be valid JSON, which the parser has checked.
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

/** Quotes an integer that a number cannot hold; leaves other tokens unchanged. */
function asExactText(token: string): string {
  return !/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token)) ? token : `"${token}"`;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
