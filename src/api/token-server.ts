import { z } from 'zod';
import { AppError } from '../protocol/app-error.js';
import type { Clock } from '../ports/clock.js';
import { HttpFailure, type HttpClient, type HttpResponse } from '../ports/http-client.js';
import type { Logger } from '../ports/logger.js';
import type { AppId } from '../protocol/ids.js';
import type { Words } from '../protocol/words.js';
import { createCredentialCache } from './credential-cache.js';
import type { CredentialSource, SharedCredential } from './credential.js';
import { createGivenTokens } from './given-tokens.js';
import { createTickets, type TicketCentre } from './ticket-keeper.js';
import { toTokenCentre, ForceBudgetSpent, lastErrorOf, type TokenCentre } from './token-keeper.js';

/** The server at `TOKEN_SERVER_URL` did not answer as a token server. The cached credential serves until it expires. */
export class TokenServerUnreachable extends AppError {
  readonly code = 'token_server_unreachable';
  constructor(url: string, why: string) {
    super({
      en: `the token server ${url} (TOKEN_SERVER_URL) gave no usable answer: ${why}`,
      zh: `access_token 服务 ${url}（TOKEN_SERVER_URL）没有可用的应答：“${why}”`,
    });
  }
  override get retryable(): boolean {
    return true;
  }
}

/** The token server refused the request. */
export class TokenServerRefused extends AppError {
  readonly code = 'token_server_refused';
  readonly #retryable: boolean;
  constructor(url: string, why: Words, retryable: boolean) {
    super({
      en: `the token server ${url} (TOKEN_SERVER_URL) said no: ${why.en}`,
      zh: `access_token 服务 ${url}（TOKEN_SERVER_URL）拒绝了请求：${why.zh}`,
    });
    this.#retryable = retryable;
  }
  override get retryable(): boolean {
    return this.#retryable;
  }
}

/** Access to an account at another instance's token centre (docs/token-centre.md). */
export interface TokenServerAccess {
  readonly url: string;
  /** The ADMIN_KEY of that instance. */
  readonly key: string | undefined;
  readonly appId: AppId;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
}

const TIMEOUT_MS = 12_000;

const lentSchema = z.union([
  z
    .object({ access_token: z.string().min(1), expires_in: z.number().positive() })
    .transform(({ access_token, expires_in }) => ({ value: access_token, seconds: expires_in })),
  z
    .object({ ticket: z.string().min(1), expires_in: z.number().positive() })
    .transform(({ ticket, expires_in }) => ({ value: ticket, seconds: expires_in })),
]);
const refusalSchema = z.object({
  error: z.string(),
  message: z.string().default(''),
  retryable: z.boolean().default(false),
});

/**
 * Creates a keeper of access tokens of another instance: it fetches none from WeChat, and reports refused ones there.
 */
export function createServerTokenKeeper(access: TokenServerAccess): TokenCentre {
  const { clock, log, random, appId } = access;
  const ask = createAsking(access);
  const source: CredentialSource = {
    peek: () => Promise.resolve(undefined),
    obtain({ mode, failed, backoff }) {
      if (backoff !== undefined) return Promise.reject(backoff.error);
      if (mode !== 'due') return ask('token/refresh', { force: mode === 'forced' });
      return failed === undefined ? ask('token') : report(failed, undefined);
    },
    async reject(value, errcode) {
      try {
        return await report(value, errcode);
      } catch (error) {
        log.warn(
          { appId, err: error },
          'token report failed: the token server did not learn of a refused access token',
        );
        return undefined;
      }
    },
  };

  /**
   * Reports a refused token. The token that the server then returns is kept for a while, even if it is the same one.
   */
  async function report(value: string, errcode: number | undefined): Promise<SharedCredential> {
    const next = await ask('token/reject', {
      access_token: value,
      ...(errcode !== undefined && { errcode }),
    });
    return { ...next, replacedAtMs: clock.now() };
  }

  const fields = { appId, channel: 'server' };
  const given = createGivenTokens({ clock });
  const holder = createCredentialCache({
    source,
    clock,
    log,
    what: 'access token',
    fields,
    onHeld: (value) => given.note(value),
    random,
  });
  return {
    ...toTokenCentre(holder, given),
    status() {
      const held = holder.peek();
      return Promise.resolve({
        channel: 'server',
        ...(held !== undefined && { expiresAtMs: held.expiresAtMs }),
        ...lastErrorOf(holder),
      });
    },
  };
}

/** Creates a keeper of tickets of another instance. */
export function createServerTicketKeeper(access: TokenServerAccess): TicketCentre {
  const ask = createAsking(access);
  return createTickets(access, (type) => ({
    peek: () => Promise.resolve(undefined),
    obtain: ({ backoff }) => (backoff === undefined ? ask(`tickets/${type}`) : Promise.reject(backoff.error)),
    reject: () => Promise.resolve(undefined),
  }));
}

function createAsking({ url, key, appId, http, clock }: TokenServerAccess) {
  const place = URL.canParse(url) ? new URL(url).host : 'with an unreadable address';

  return async (path: string, body?: object): Promise<SharedCredential> => {
    const askedAtMs = clock.now();
    let response: HttpResponse;
    try {
      response = await http({
        method: body === undefined ? 'GET' : 'POST',
        url: `${url}/accounts/${encodeURIComponent(appId)}/${path}`,
        timeoutMs: TIMEOUT_MS,
        ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      if (error instanceof HttpFailure) throw new TokenServerUnreachable(place, error.message);
      throw error;
    }
    const answer = parse(response.text);
    const lent = lentSchema.safeParse(answer);
    if (lent.success)
      return { value: lent.data.value, expiresAtMs: askedAtMs + lent.data.seconds * 1_000, fence: 0 };
    const refusal = refusalSchema.safeParse(answer);
    if (!refusal.success)
      throw new TokenServerUnreachable(place, `HTTP ${response.status} with another body`);
    const { error, message, retryable } = refusal.data;
    if (error === 'force_budget_spent') throw new ForceBudgetSpent();
    const why = ADVICE[error] ?? { en: message, zh: `“${message}”` };
    throw new TokenServerRefused(
      place,
      { en: `${error}${ADVICE[error] === undefined ? '' : ':'} ${why.en}`, zh: `${error}：${why.zh}` },
      retryable,
    );
  };
}

const ADVICE: Readonly<Record<string, Words>> = {
  unauthorized: {
    en: 'set TOKEN_SERVER_KEY to its ADMIN_KEY',
    zh: '请把 TOKEN_SERVER_KEY 设为它的 ADMIN_KEY',
  },
  account_unknown: {
    en: 'it has no account with this WECHAT_APP_ID',
    zh: '它没有 WECHAT_APP_ID 为这个值的账号',
  },
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
