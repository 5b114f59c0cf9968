import type { HttpFailureKind } from '../ports/http-client.js';
import { AppError } from '../protocol/app-error.js';
import { ERRCODES, adviceFor, ridTime, type ErrorClass } from '../protocol/errcodes.js';

/** Longest errmsg that is kept; WeChat's own are far shorter. */
const MAX_TEXT = 300;

/** What an answer of WeChat's said no with. */
export interface Refusal {
  readonly errcode: number;
  /** errmsg without its tail. */
  readonly text: string;
  readonly rid?: string | undefined;
  readonly errorClass: ErrorClass;
  /** Default: what the table of errcodes advises. */
  readonly advice?: string;
  /** The host that answered. */
  readonly accessPoint?: string | undefined;
  /** The whole answer: some refusals carry more, such as `fail_openid_list`. */
  readonly answer?: Readonly<Record<string, unknown>>;
}

/**
 * WeChat answered, and the answer was no (`errcode` is not 0).
 *
 * `endpoint` is the path alone. `text` is errmsg without its tail, `words` what the table says of the errcode where it
 * knows it, `rid` the id that WeChat's support asks for, `ridAt` the second that it names.
 */
export class ApiRefused extends AppError {
  readonly code = 'api_refused';
  readonly endpoint: string;
  readonly errcode: number;
  readonly text: string;
  readonly errorClass: ErrorClass;
  /** One sentence for whoever has to act. */
  readonly advice: string;
  readonly words?: { readonly en: string; readonly zh: string };
  readonly rid?: string;
  readonly ridAt?: Date;
  readonly accessPoint?: string;
  readonly #answer: Readonly<Record<string, unknown>>;

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
    this.advice = refusal.advice ?? adviceFor(errcode);
    if (known !== undefined) this.words = { en: known.text, zh: known.zh };
    if (rid !== undefined) {
      this.rid = rid;
      const at = ridTime(rid);
      if (at !== undefined) this.ridAt = at;
    }
    if (accessPoint !== undefined) this.accessPoint = accessPoint;
    this.#answer = refusal.answer ?? {};
  }

  /** What else the answer said. Behind a getter, because it may name users: loggers do not find it. */
  get answer(): Readonly<Record<string, unknown>> {
    return this.#answer;
  }

  override get retryable(): boolean {
    return this.errorClass === 'retry' || this.errorClass === 'rate-limited';
  }
}

/**
 * Why no usable answer came: what the connection did, or
 *
 * server-error  status 5xx without an errcode
 * not-json      anything else that is no answer of the API: HTML, nothing, cut-off JSON, another status, missing fields
 */
export type UnreachableKind = HttpFailureKind | 'server-error' | 'not-json';

/**
 * No usable answer came back. With `sent` the call may or may not have taken effect; without it, it certainly has not.
 */
export class ApiUnreachable extends AppError {
  readonly code = 'api_unreachable';
  readonly endpoint: string;
  readonly why: string;
  readonly sent: boolean;
  readonly kind: UnreachableKind;
  /** The host asked last. Absent: none was. */
  readonly accessPoint?: string;

  constructor(
    endpoint: string,
    why: string,
    options: { sent: boolean; kind?: UnreachableKind; accessPoint?: string | undefined },
  ) {
    super(`${endpoint} gave no usable answer: ${withoutSecrets(why)}`);
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

/** A token must be fetched and there is nothing to fetch it with. */
export class SecretMissing extends AppError {
  readonly code = 'secret_missing';
  constructor() {
    super('an API call needs an access token: set WECHAT_APP_SECRET');
  }
}

/** Another process is fetching the token and has not finished in time. */
export class TokenAwaited extends AppError {
  readonly code = 'token_awaited';
  constructor(waitedMs: number) {
    super(`another process has been fetching the access token for ${waitedMs} ms`);
  }
  override get retryable(): boolean {
    return true;
  }
}

/**
 * A request that WeChat would refuse in words that mislead, or that would cost more than it is worth. It was not sent.
 * The message names the field and the limit, never the value.
 */
export class ApiRequestInvalid extends AppError {
  readonly code = 'api_request_invalid';
  readonly endpoint: string;
  /** Path of the field, such as `button[2].name`. */
  readonly field: string;

  constructor(endpoint: string, field: string, why: string) {
    super(`${endpoint} was not called: ${field} ${why}`);
    this.endpoint = endpoint;
    this.field = field;
  }
}

/** A call of which there are few a month, and they are used up, or nobody counts them. It was not made. */
export class ApiBudgetSpent extends AppError {
  readonly code = 'api_budget_spent';
  readonly endpoint: string;

  constructor(endpoint: string, why: string) {
    super(`${endpoint} was not called: ${why}; call it with { overBudget: true } if it must be`);
    this.endpoint = endpoint;
  }
}

/** Drops what follows `?` in addresses and the values of secret parameters: far ends and proxies echo requests. */
function withoutSecrets(text: string): string {
  return text
    .replace(/(https?:\/\/[^\s?"']*)\?[^\s"']*/gi, '$1?…')
    .replace(/((?:access_token|secret|ticket|\bcode)["']?\s?[=:]\s?["']?)[^\s&"',]+/gi, '$1…')
    .slice(0, MAX_TEXT);
}
