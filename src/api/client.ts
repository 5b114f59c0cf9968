import { toCustomerServiceBody, type CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { AccessToken, OpenId } from '../protocol/ids.js';
import type { Json } from '../protocol/json.js';
import type { AccessPoints, Exchange } from './access-points.js';
import { ApiRefused } from './api-error.js';
import type { JsonObject } from './response.js';
import type { TokenKeeper } from './token-keeper.js';

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Such as `/cgi-bin/user/info`; query apart. */
  readonly path: string;
  /** Without the access token, which the client adds. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** Whether making the call twice does no harm: then it may be repeated at another host. */
  readonly idempotent: boolean;
}

export interface ApiCallOptions {
  /** The token to begin with, in place of the current one. */
  readonly token?: AccessToken;
  /** Ends the call. What had left by then is `ApiUnreachable` with `sent`. */
  readonly signal?: AbortSignal;
}

/**
 * WeChat's API with the access token handled: a call refused for its token is made once more with the next one.
 *
 * @throws ApiRefused · ApiUnreachable · what `TokenKeeper.get` throws
 */
export interface Api {
  call(request: ApiRequest, options?: ApiCallOptions): Promise<JsonObject>;
  readonly messages: {
    /** A customer-service message (客服消息). Never repeated unless it certainly did not arrive. */
    send(to: OpenId, message: CustomerServiceMessage, options?: ApiCallOptions): Promise<void>;
  };
  readonly tokens: TokenKeeper;
}

/** The one call whose lost answer leaves a message in doubt. */
export const SEND_PATH = '/cgi-bin/message/custom/send';

const TIMEOUT_MS = 10_000;

export function createApi(deps: {
  readonly accessPoints: AccessPoints;
  readonly tokens: TokenKeeper;
  /** For one exchange with one host. Default 10,000. */
  readonly timeoutMs?: number;
}): Api {
  const { accessPoints, tokens, timeoutMs = TIMEOUT_MS } = deps;

  async function callWithToken(exchange: Exchange, given: AccessToken | undefined): Promise<JsonObject> {
    const callWith = (token: AccessToken) =>
      accessPoints.exchange({ ...exchange, query: { ...exchange.query, access_token: token } });
    const token = given ?? (await tokens.get());
    try {
      return await callWith(token);
    } catch (error) {
      if (!(error instanceof ApiRefused) || error.errorClass !== 'token-invalid') throw error;
      await tokens.reject(token);
      const next = await tokens.get();
      if (next === token) throw error;
      return await callWith(next);
    }
  }

  const bounds = (options: ApiCallOptions) => ({
    timeoutMs,
    ...(options.signal !== undefined && { signal: options.signal }),
  });

  return {
    call({ method, path, query, body, idempotent }, options = {}) {
      const exchange: Exchange = {
        method,
        path,
        idempotent,
        ...(query !== undefined && { query }),
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...bounds(options),
      };
      return callWithToken(exchange, options.token);
    },
    messages: {
      async send(to, message, options = {}) {
        const body = toCustomerServiceBody(to, message);
        const exchange: Exchange = {
          method: 'POST',
          path: SEND_PATH,
          idempotent: false,
          body,
          ...bounds(options),
        };
        await callWithToken(exchange, options.token);
      },
    },
    tokens,
  };
}
