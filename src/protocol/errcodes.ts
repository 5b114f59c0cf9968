import { ERRCODE_ROWS, type ErrcodeRow, type ErrorClass } from './errcode-rows.js';

export type { ErrorClass } from './errcode-rows.js';

/** What is known of one errcode. `advice` is one sentence for an operator or developer. */
export interface ErrcodeFacts {
  readonly class: ErrorClass;
  /** WeChat's errmsg, without its tail. */
  readonly text: string;
  /** What the Chinese pages say of it. */
  readonly zh: string;
  readonly advice: string;
}

const ADVICE: Readonly<Record<ErrorClass, string>> = {
  'token-invalid': 'Replace the access token and repeat the call once',
  retry: 'Repeat the call a little later',
  'rate-limited': 'Wait a minute before repeating the call',
  'quota-exhausted': 'Stop this API until its period is over',
  'window-closed': 'Stop until the user does something again',
  permission: 'See the console: the account lacks the right, or has lost it',
  'bad-request': 'Mend the request; repeating it does not help',
  config: 'Change the setting in the console or in the configuration, then repeat the call',
};

/** errcode → what is known of it. Codes that are not in here are classed by `classOf` as `bad-request`. */
export const ERRCODES: ReadonlyMap<number, ErrcodeFacts> = new Map(ERRCODE_ROWS.map(toEntry));

function toEntry([code, kind, text, zh, advice]: ErrcodeRow): [number, ErrcodeFacts] {
  return [code, { class: kind, text, zh, advice: advice ?? ADVICE[kind] }];
}

/** What to do about an errcode, known or not. */
export function adviceFor(errcode: number): string {
  return ERRCODES.get(errcode)?.advice ?? ADVICE[classOf(errcode)];
}

/** What to do about an errcode other than 0. An unknown one is taken as our fault: repeating it blindly helps nobody. */
export function classOf(errcode: number): ErrorClass {
  return ERRCODES.get(errcode)?.class ?? 'bad-request';
}

/** An errmsg without its tail, and what the tail said: ids by which WeChat's staff finds the call. */
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
 * Takes `hint` and `rid` off the end of an errmsg, so that equal failures group together.
 * A cut-off rid stays in the text. Never decide by the text: it changed over the years.
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

/** When the call was made, by its rid: the first group is Unix seconds in hex. Undocumented, and true wherever it was looked at. */
export function ridTime(rid: string): Date | undefined {
  const seconds = /^([0-9a-f]{8})-/i.exec(rid)?.[1];
  return seconds === undefined ? undefined : new Date(Number.parseInt(seconds, 16) * 1_000);
}
