import { ERRCODES } from '../../protocol/errcodes.js';
import type { SandboxState } from '../sandbox-state.js';
import type { AccountKind } from '../types/types.js';

/** A call of the API before its token is checked. */
export interface ApiRequest {
  readonly method: string;
  /** Without the access point's prefix. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly raw: Buffer;
  readonly accessPoint: string;
  readonly clientIp: string;
  /** Id of the call in the sandbox's records. */
  readonly callId: string;
  /** Base address of the sandbox itself, for links in answers. */
  readonly baseUrl: string;
}

export type JsonObject = { readonly [key: string]: unknown };

/** Answer of an endpoint: JSON, or a complete response of another type. */
export type ApiAnswer =
  | { readonly json: JsonObject }
  | { readonly file: Buffer; readonly contentType: string; readonly fileName?: string }
  | { readonly html: string; readonly status?: number }
  | { readonly redirect: string }
  | { readonly status: number };

/** Permissions in which accounts differ. Source: "接口权限说明"; the test account has them all. */
export type Right =
  'customer-service' | 'template' | 'notice' | 'users' | 'menu' | 'qrcode' | 'oauth' | 'material';

export const RIGHTS: Readonly<Record<AccountKind, readonly Right[]>> = {
  'subscription-unverified': [],
  'subscription-verified': ['customer-service', 'notice', 'users', 'menu', 'material'],
  'service-unverified': ['menu'],
  'service-verified': [
    'customer-service',
    'template',
    'notice',
    'users',
    'menu',
    'qrcode',
    'oauth',
    'material',
  ],
  test: ['customer-service', 'template', 'notice', 'users', 'menu', 'qrcode', 'oauth', 'material'],
};

/** An API path with its daily limit, its access rule and its action. */
export interface Endpoint {
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'ANY';
  /** false: it needs no access token, or one of another kind. */
  readonly token?: false;
  readonly right?: Right;
  /** Calls per day: of a new account, and of a test account if that differs. Absent: not counted. */
  readonly daily?: readonly [account: number, test?: number];
  readonly perMinute?: number;
  handle(request: ApiRequest, state: SandboxState): JsonObject | ApiAnswer;
}

/** A refusal with an errcode. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly errcode: number;
  readonly more: JsonObject;
  constructor(errcode: number, errmsg?: string, more: JsonObject = {}) {
    super(errmsg ?? ERRCODES.get(errcode)?.text ?? 'unknown error');
    this.errcode = errcode;
    this.more = more;
  }
}

/** Success without data. */
export const OK: JsonObject = { errcode: 0, errmsg: 'ok' };

/** Parses the body as a JSON object. @throws Refusal 44002 empty, 47002 escaped, 47001 otherwise invalid */
export function jsonBody({ raw }: ApiRequest): JsonObject {
  const text = raw.toString('utf8').trim();
  if (text === '') throw new Refusal(44002);
  if (/(^|[^\\])(\\\\)*\\u[0-9a-fA-F]{4}/.test(text)) throw new Refusal(47002);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refusal(47001);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Refusal(47001);
  return { ...body };
}

/** Returns a text field; `''` if absent. Numbers count as text. */
export function textOf(body: JsonObject, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Returns a nested object; empty if absent. */
export function objectOf(body: JsonObject, name: string): JsonObject {
  return asObject(body[name]);
}

export function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** Returns a list; empty if absent. */
export function listOf(body: JsonObject, name: string): readonly unknown[] {
  const value = body[name];
  return Array.isArray(value) ? value : [];
}

/** Returns the texts of a list; all other values are dropped. */
export function textsOf(body: JsonObject, name: string): readonly string[] {
  return listOf(body, name).filter((item) => typeof item === 'string');
}
