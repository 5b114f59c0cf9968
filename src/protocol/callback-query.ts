import { PushRefused } from './refusal.js';

/** A query parameter: absent, once, or several times. */
export type QueryValue = string | readonly string[] | undefined;

/** The known parameters of a callback URL; others are ignored. Values are percent-decoded. */
export interface CallbackQuery {
  readonly signature?: QueryValue;
  readonly timestamp?: QueryValue;
  readonly nonce?: QueryValue;
  readonly openid?: QueryValue;
  readonly encrypt_type?: QueryValue;
  readonly msg_signature?: QueryValue;
  readonly echostr?: QueryValue;
}

type Name = keyof CallbackQuery;

/**
 * Parses the query of a request URL. Names are compared exactly, after decoding (`signature[]` is not `signature`), so
 * a parameter in another spelling still counts as a repeat.
 *
 * @throws PushRefused `signature_missing` if the value of a known parameter is not percent-encoded UTF-8
 */
export function parseCallbackQuery(url: string): CallbackQuery {
  const query: { -readonly [K in Name]?: string | string[] } = {};
  const mark = url.indexOf('?');
  if (mark < 0) return query;
  const fragment = url.indexOf('#', mark);
  const end = fragment < 0 ? url.length : fragment;
  for (let at = mark + 1; at < end;) {
    const ampersand = url.indexOf('&', at);
    const pairEnd = ampersand < 0 || ampersand > end ? end : ampersand;
    const equals = url.indexOf('=', at);
    const nameEnd = equals < 0 || equals > pairEnd ? pairEnd : equals;
    const name = knownName(url.slice(at, nameEnd));
    if (name !== undefined) {
      const value = decodeValue(url.slice(Math.min(nameEnd + 1, pairEnd), pairEnd), name);
      const before = query[name];
      query[name] = before === undefined ? value : [before, value].flat();
    }
    at = pairEnd + 1;
  }
  return query;
}

function knownName(raw: string): Name | undefined {
  const name = raw.includes('%') ? decoded(raw) : raw;
  switch (name) {
    case 'signature':
    case 'timestamp':
    case 'nonce':
    case 'openid':
    case 'encrypt_type':
    case 'msg_signature':
    case 'echostr':
      return name;
    default:
      return undefined;
  }
}

function decodeValue(raw: string, name: Name): string {
  const value = decoded(raw.includes('+') ? raw.replaceAll('+', ' ') : raw);
  if (value !== undefined) return value;
  throw new PushRefused('signature_missing', `The query's ${name} is not percent-encoded UTF-8`);
}

function decoded(raw: string): string | undefined {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

/** Returns the single value of a parameter that a signature needs. @throws PushRefused `signature_missing` */
export function requiredParameter(query: CallbackQuery, name: Name): string {
  const value: unknown = query[name];
  if (typeof value === 'string' && value !== '') return value;
  const fault = value === undefined ? 'absent' : value === '' ? 'empty' : 'not one text';
  throw new PushRefused('signature_missing', `The query's ${name} is ${fault}`);
}

/** Prefix of the nonces of `doctor`. WeChat's nonces are digits. */
export const PROBE_NONCE = 'doctor';

/** Returns the nonce if `doctor` sent the request; such requests are not counted. */
export function probeNonce({ nonce }: CallbackQuery): string | undefined {
  return typeof nonce === 'string' && /^doctor[0-9a-f]{16}$/.test(nonce) ? nonce : undefined;
}

/**
 * Returns by how many seconds a `timestamp` is ahead of our clock; negative: behind. `undefined` if it is not 1 to 12
 * decimal digits.
 */
export function timestampSkewS(timestamp: string, nowMs: number): number | undefined {
  return /^[0-9]{1,12}$/.test(timestamp) ? Number(timestamp) - Math.floor(nowMs / 1000) : undefined;
}
