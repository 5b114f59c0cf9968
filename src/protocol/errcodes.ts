import type { Words } from './words.js';
import { ERRCODE_ROWS, type ErrcodeRow, type ErrorClass } from './errcode-rows.js';

export type { ErrorClass } from './errcode-rows.js';

/** A row of the errcode table. `advice` is one sentence for an operator or developer. */
export interface ErrcodeFacts {
  readonly class: ErrorClass;
  /** WeChat's errmsg, without its tail. */
  readonly text: string;
  /** The text of WeChat's Chinese documentation. */
  readonly zh: string;
  readonly advice: Words;
}

const ADVICE: Readonly<Record<ErrorClass, Words>> = {
  'token-invalid': {
    en: 'Replace the access token and repeat the call once',
    zh: '更换 access_token，重新调用一次',
  },
  retry: { en: 'Repeat the call a little later', zh: '稍后重新调用' },
  'rate-limited': { en: 'Wait a minute before repeating the call', zh: '等一分钟再调用' },
  'quota-exhausted': {
    en: 'Stop calling this API until its quota is renewed',
    zh: '停止调用这个接口，直到额度更新',
  },
  'window-closed': { en: 'Stop until the user does something again', zh: '停止发送，直到用户再次互动' },
  permission: {
    en: 'See the console: the account lacks the permission, or has lost it',
    zh: '到公众号后台查看：账号没有这个权限，或者权限被收回了',
  },
  'bad-request': {
    en: 'Correct the request; repeating it does not help',
    zh: '改正请求；重复调用没有用',
  },
  config: {
    en: 'Change the setting in the console or in the configuration, then repeat the call',
    zh: '修改公众号后台的设置或本服务的配置，然后重新调用',
  },
};

/** The table by errcode. `classOf` counts other codes as `bad-request`. */
export const ERRCODES: ReadonlyMap<number, ErrcodeFacts> = new Map(ERRCODE_ROWS.map(toEntry));

function toEntry([code, kind, text, zh, advice]: ErrcodeRow): [number, ErrcodeFacts] {
  return [
    code,
    { class: kind, text, zh, advice: advice === undefined ? ADVICE[kind] : { en: advice[0], zh: advice[1] } },
  ];
}

/** Returns one sentence of advice for an errcode, known or not. */
export function adviceFor(errcode: number): Words {
  return ERRCODES.get(errcode)?.advice ?? ADVICE[classOf(errcode)];
}

/** Returns the class of an errcode other than 0. An unknown code is `bad-request`, which is not retried. */
export function classOf(errcode: number): ErrorClass {
  return ERRCODES.get(errcode)?.class ?? 'bad-request';
}

/** An errmsg without its tail, and the ids of the tail, with which WeChat's support finds the call. */
export interface ReadErrmsg {
  readonly text: string;
  /** Before August 2020: an opaque id. */
  readonly hint?: string;
  /** Since then: three groups of eight hex digits; the first is the time of the call. */
  readonly rid?: string;
}

const TAIL =
  /(?:,?\s{0,4}hints?:\s{0,4}\[\s{0,4}(?:req_id:\s{0,4})?([^\]\s]+)\s{0,4}\])?\s{0,4},?\s{0,4}(?:rid:\s{0,4}([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}))?\s{0,4}$/i;

/**
 * Separates `hint` and `rid` from an errmsg, so that equal failures group together. A truncated rid stays in the text.
 * Do not decide by the text: it has changed over the years.
 */
export function readErrmsg(errmsg: string): ReadErrmsg {
  const tail = TAIL.exec(errmsg);
  if (tail === null) return { text: errmsg };
  const [, hint, rid] = tail;
  return {
    text: errmsg.slice(0, tail.index),
    ...(hint === undefined ? {} : { hint }),
    ...(rid === undefined ? {} : { rid }),
  };
}

/**
 * Returns the time of a call from its rid: the first group is Unix seconds in hex. Undocumented, but true for every rid
 * seen.
 */
export function ridTime(rid: string): Date | undefined {
  const seconds = /^([0-9a-f]{8})-/i.exec(rid)?.[1];
  return seconds === undefined ? undefined : new Date(Number.parseInt(seconds, 16) * 1_000);
}
