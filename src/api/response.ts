import { classOf, readErrmsg } from '../protocol/errcodes.js';
import type { Json } from '../protocol/json.js';
import type { HttpResponse } from '../ports/http-client.js';
import { ApiRefused, ApiUnreachable } from './api-error.js';

export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * Takes an API answer apart. Success is an `errcode` that is absent or 0; errmsg, status and content type decide nothing
 * where an errcode speaks. What is no JSON object, or comes with another status than 2xx and names no error, was not
 * said by the API but by something in between.
 *
 * @throws ApiRefused      the answer holds an errcode other than 0
 * @throws ApiUnreachable  the answer cannot be believed; the call may have taken effect
 */
export function readAnswer(endpoint: string, response: HttpResponse): JsonObject {
  const answer = parseObject(response.text);
  const errcode = answer === undefined ? undefined : errcodeOf(answer);
  if (answer === undefined || errcode === undefined) {
    const seen = response.text.trim() === '' ? 'an empty body' : 'a body that is not an API answer';
    throw new ApiUnreachable(endpoint, `HTTP ${response.status} with ${seen}`, { sent: true });
  }
  if (errcode !== 0) {
    const { text, rid } = readErrmsg(typeof answer['errmsg'] === 'string' ? answer['errmsg'] : '');
    const ridField = typeof answer['rid'] === 'string' ? answer['rid'] : undefined;
    throw new ApiRefused(endpoint, { errcode, text, rid: rid ?? ridField, errorClass: classOf(errcode) });
  }
  if (response.status < 200 || response.status > 299) {
    throw new ApiUnreachable(endpoint, `HTTP ${response.status}`, { sent: true });
  }
  return answer;
}

/** 0 where there is none; undefined where it is there and is no whole number. Gateways turn numbers into strings. */
function errcodeOf(answer: JsonObject): number | undefined {
  const errcode = answer['errcode'];
  if (errcode === undefined) return 0;
  if (typeof errcode === 'number') return Number.isInteger(errcode) ? errcode : undefined;
  if (typeof errcode === 'string' && /^\s*-?\d{1,15}\s*$/.test(errcode)) return Number(errcode);
  return undefined;
}

function parseObject(body: string): JsonObject | undefined {
  const text = body.replace(/^\uFEFF/, '');
  // Nicknames bring raw control characters into strings; outside strings a blank does no harm.
  // oxlint-disable-next-line no-control-regex
  const value = parse(text) ?? parse(text.replace(/[\u0000-\u001f]/g, ' '));
  return isObject(value) ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
