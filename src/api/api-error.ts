import type { HttpFailureKind } from '../ports/http-client.js';
import { AppError } from '../protocol/app-error.js';
import type { Language, Words } from '../protocol/words.js';
import { ERRCODES, adviceFor, ridTime, type ErrorClass } from '../protocol/errcodes.js';

/** Limit of a stored errmsg; WeChat's own are far shorter. */
const MAX_TEXT = 300;

/** The fields of WeChat's refusal. */
export interface Refusal {
  readonly errcode: number;
  /** errmsg without its tail. */
  readonly text: string;
  /** WeChat's own errmsg, where `text` says more. */
  readonly errmsg?: string;
  readonly rid?: string | undefined;
  readonly errorClass: ErrorClass;
  /** Default: the advice of the errcode table. */
  readonly advice?: Words;
  /** The host that answered. */
  readonly accessPoint?: string | undefined;
  /** The whole answer: some refusals have further fields, such as `fail_openid_list`. */
  readonly answer?: Readonly<Record<string, unknown>>;
}

/**
 * WeChat refused the call (`errcode` is not 0).
 *
 * `endpoint` is the path alone. `text` is errmsg without its tail, `words` the text of the errcode table if it has one,
 * `rid` the id that WeChat's support asks for, `ridAt` the time in it.
 *
 * @example
 * if (error instanceof ApiRefused && error.errcode === 43004) log.info({}, 'the user does not follow');
 */
export class ApiRefused extends AppError {
  readonly code = 'api_refused';
  readonly endpoint: string;
  readonly errcode: number;
  readonly text: string;
  readonly errorClass: ErrorClass;
  /** One sentence of advice to the operator. */
  readonly advice: string;
  readonly words?: { readonly en: string; readonly zh: string };
  readonly rid?: string;
  readonly ridAt?: Date;
  readonly accessPoint?: string;
  readonly #answer: Readonly<Record<string, unknown>>;
  readonly #advice: Words;
  readonly #errmsg: string;

  constructor(endpoint: string, refusal: Refusal) {
    const { errcode, rid, errorClass, accessPoint } = refusal;
    const text = withoutSecrets(refusal.text);
    const known = ERRCODES.get(errcode);
    const zh = known === undefined ? '' : ` · ${known.zh}`;
    const tail = rid === undefined ? '' : ` (rid ${rid})`;
    super(`${endpoint} refused with errcode ${errcode}, ${errorClass}: ${text}${zh}${tail}`);
    this.endpoint = endpoint;
    this.errcode = errcode;
    this.text = text;
    this.errorClass = errorClass;
    this.#advice = refusal.advice ?? adviceFor(errcode);
    this.advice = this.#advice.en;
    this.#errmsg = refusal.errmsg === undefined ? text : withoutSecrets(refusal.errmsg);
    if (known !== undefined) this.words = { en: known.text, zh: known.zh };
    if (rid !== undefined) {
      this.rid = rid;
      const at = ridTime(rid);
      if (at !== undefined) this.ridAt = at;
    }
    if (accessPoint !== undefined) this.accessPoint = accessPoint;
    this.#answer = refusal.answer ?? {};
  }

  /** One sentence of advice to the operator. */
  adviceIn(language: Language): string {
    return this.#advice[language];
  }

  /** WeChat's own errmsg, without its tail. */
  get errmsg(): string {
    return this.#errmsg;
  }

  /** With the advice: at a terminal somebody wants to know what to do. */
  override messageIn(language: Language): string {
    const tail = this.rid === undefined ? '' : ` (rid ${this.rid})`;
    if (language === 'en') return `${this.message}\n  ${this.#advice.en}.`;
    const what = [this.words?.zh, this.#errmsg].filter((text) => text !== undefined).join(' · ');
    return `${this.endpoint} 被微信拒绝，错误码 ${this.errcode}：${what}${tail}\n  建议：${this.#advice.zh}。`;
  }

  /** The whole answer. A getter, so that loggers do not serialize it: it may contain OpenIDs. */
  get answer(): Readonly<Record<string, unknown>> {
    return this.#answer;
  }

  override get retryable(): boolean {
    return this.errorClass === 'retry' || this.errorClass === 'rate-limited';
  }
}

/**
 * Reasons of a missing or unusable answer: a failure of the connection, or
 *
 * server-error  status 5xx without an errcode not-json      anything else that is not an answer of the API: HTML,
 * nothing, cut-off JSON, another status, missing fields
 */
export type UnreachableKind = HttpFailureKind | 'server-error' | 'not-json';

/**
 * No usable answer arrived. With `sent` the call may have taken effect; without it, it certainly has not.
 *
 * @example
 * if (error instanceof ApiUnreachable && !error.sent) log.info({}, 'certainly not done: it may be repeated');
 */
export class ApiUnreachable extends AppError {
  readonly code = 'api_unreachable';
  readonly endpoint: string;
  readonly why: string;
  readonly sent: boolean;
  readonly kind: UnreachableKind;
  /** The last host that was called. Absent: none. */
  readonly accessPoint?: string;

  constructor(
    endpoint: string,
    why: string,
    options: { sent: boolean; kind?: UnreachableKind; accessPoint?: string | undefined },
  ) {
    super({
      en: `${endpoint} gave no usable answer: ${withoutSecrets(why)}`,
      zh: `${endpoint} 没有可用的应答：${withoutSecrets(why)}`,
    });
    this.endpoint = endpoint;
    this.why = withoutSecrets(why);
    this.sent = options.sent;
    this.kind = options.kind ?? 'not-json';
    if (options.accessPoint !== undefined) this.accessPoint = options.accessPoint;
  }

  override get retryable(): boolean {
    return !this.sent;
  }
}

/** A token must be fetched, but no AppSecret is configured. */
export class SecretMissing extends AppError {
  readonly code = 'secret_missing';
  constructor() {
    super({
      en: 'an API call needs an access token: set WECHAT_APP_SECRET',
      zh: '调用接口需要 access_token：请设置 WECHAT_APP_SECRET',
    });
  }
}

/** Another process is fetching the token and has not finished in time. */
export class TokenAwaited extends AppError {
  readonly code = 'token_awaited';
  constructor(waitedMs: number) {
    super({
      en: `another process has been fetching the access token for ${waitedMs} ms`,
      zh: `另一个进程正在获取 access_token，已经 ${waitedMs} 毫秒`,
    });
  }
  override get retryable(): boolean {
    return true;
  }
}

/**
 * The request was not sent, because WeChat would refuse it with a misleading message, or it would waste a scarce quota.
 * The message names the field and the limit, never the value.
 *
 * @example
 * if (error instanceof ApiRequestInvalid) log.error({ field: error.field }, 'the request was wrong');
 */
export class ApiRequestInvalid extends AppError {
  readonly code = 'api_request_invalid';
  readonly endpoint: string;
  /** Path of the field, such as `button[2].name`. */
  readonly field: string;
  readonly #why: Words;

  constructor(endpoint: string, field: string, why: Words) {
    super({
      en: `${endpoint} was not called: ${field} ${why.en}`,
      zh: `没有调用 ${endpoint}：${field} ${why.zh}`,
    });
    this.endpoint = endpoint;
    this.field = field;
    this.#why = why;
  }

  /** The limit that the field exceeds, as the rest of a sentence that begins with the field. */
  get why(): Words {
    return this.#why;
  }
}

/**
 * The call was not made: its monthly quota is used up, or cannot be counted.
 *
 * @example
 * if (error instanceof ApiBudgetSpent) log.warn({ endpoint: error.endpoint }, 'no more of these calls this month');
 */
export class ApiBudgetSpent extends AppError {
  readonly code = 'api_budget_spent';
  readonly endpoint: string;

  constructor(endpoint: string, why: Words) {
    super({
      en: `${endpoint} was not called: ${why.en}; call it with { overBudget: true } if it must be`,
      zh: `没有调用 ${endpoint}：${why.zh}；必须调用时加上 { overBudget: true }`,
    });
    this.endpoint = endpoint;
  }
}

const NAMES = '(?:access_token|refresh_token|secret|ticket|(?<![\\w-])code)';
/** `name=value`, as in a query. Sentences stay, such as `invalid appsecret: check …`. */
const IN_QUERY = new RegExp(String.raw`(${NAMES}=["']?)[^\s&"',]+`, 'gi');
/** `"name":"value"`, as in JSON. */
const IN_JSON = new RegExp(String.raw`(${NAMES}["']\s?:\s?["'])[^"']+`, 'gi');

/** Removes queries of addresses and values of secret parameters, because servers and proxies echo requests. */
function withoutSecrets(text: string): string {
  return text
    .replace(/(https?:\/\/[^\s?"']*)\?[^\s"']*/gi, '$1?…')
    .replace(IN_QUERY, '$1…')
    .replace(IN_JSON, '$1…')
    .slice(0, MAX_TEXT);
}
