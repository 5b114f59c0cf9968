import { AppError } from '../protocol/app-error.js';
import type { ErrorClass } from '../protocol/errcodes.js';

/** Longest errmsg that is kept; WeChat's own are far shorter. */
const MAX_TEXT = 300;

/**
 * WeChat answered, and the answer was no (`errcode` is not 0).
 *
 * `endpoint` is the path alone. `text` is errmsg without its tail, `rid` the id that WeChat's support asks for.
 */
export class ApiRefused extends AppError {
  readonly code = 'api_refused';
  readonly endpoint: string;
  readonly errcode: number;
  readonly text: string;
  readonly rid?: string;
  readonly errorClass: ErrorClass;

  constructor(
    endpoint: string,
    refusal: { errcode: number; text: string; rid?: string | undefined; errorClass: ErrorClass },
  ) {
    const text = withoutSecrets(refusal.text);
    const tail = refusal.rid === undefined ? '' : ` (rid ${refusal.rid})`;
    super(`${endpoint} refused with errcode ${refusal.errcode}, ${refusal.errorClass}: ${text}${tail}`);
    this.endpoint = endpoint;
    this.errcode = refusal.errcode;
    this.text = text;
    if (refusal.rid !== undefined) this.rid = refusal.rid;
    this.errorClass = refusal.errorClass;
  }

  override get retryable(): boolean {
    return this.errorClass === 'retry' || this.errorClass === 'rate-limited';
  }
}

/**
 * No usable answer came back. With `sent` the call may or may not have taken effect; without it, it certainly has not.
 */
export class ApiUnreachable extends AppError {
  readonly code = 'api_unreachable';
  readonly endpoint: string;
  readonly why: string;
  readonly sent: boolean;

  constructor(endpoint: string, why: string, options: { sent: boolean }) {
    super(`${endpoint} gave no usable answer: ${withoutSecrets(why)}`);
    this.endpoint = endpoint;
    this.why = withoutSecrets(why);
    this.sent = options.sent;
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

/** Drops what follows `?` in addresses and the values of secret parameters: far ends and proxies echo requests. */
function withoutSecrets(text: string): string {
  return text
    .replace(/(https?:\/\/[^\s?"']*)\?[^\s"']*/gi, '$1?…')
    .replace(/((?:access_token|secret|ticket|\bcode)["']?\s?[=:]\s?["']?)[^\s&"',]+/gi, '$1…')
    .slice(0, MAX_TEXT);
}
