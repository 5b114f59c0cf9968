import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { AccessToken, OpenId } from '../protocol/ids.js';
import type { Json } from '../protocol/json.js';
import { systemClock, type Clock } from '../ports/clock.js';
import { noEvents, type Events } from '../ports/events.js';
import type { PublicDownload } from '../ports/public-download.js';
import type { AccessPointPool, ApiRequest } from './access-points.js';
import { createUploadAvatar, type UploadAvatar } from './agent-avatar.js';
import { ApiRefused, ApiRequestInvalid } from './api-error.js';
import type { CallBudget } from './call-budget.js';
import type { ApiCallOptions } from './call-options.js';
import { bindCatalogue, type CatalogueCalls } from './catalogue/catalogue.js';
import { createMediaApi, type MediaApi, type MediaDeps } from './media/media.js';
import { createCallExecutor, type CallRequest } from './execute-call.js';
import { reportCall } from './report-call.js';
import { toQuery, toRequestBody } from './request-body.js';
import { readAnswer, type JsonObject, type ReadResponse } from './response.js';
import type { TokenKeeper } from './token-keeper.js';
import { createPaginatedLists, type PaginatedLists } from './paginated-lists.js';

export type { ApiCallOptions } from './call-options.js';
export { SEND_PATH } from './catalogue/messages.js';

/** For `call`: what the catalogue knows of the APIs that are in it. */
export interface UnlistedCallOptions extends ApiCallOptions {
  /** Default: POST with a body, GET without. */
  readonly method?: 'GET' | 'POST';
  /** Without the access token, which the client adds. What is `undefined` is left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Whether making the call twice does no harm: then it may be repeated at another host. Default: a GET is. */
  readonly idempotent?: boolean;
}

/**
 * WeChat's API as handlers see it: the access token is taken care of, requests and answers are WeChat's own, and a
 * 64-bit id is text. A call refused for its token is made once more with the next one.
 *
 * @throws ApiRefused · ApiUnreachable · ApiRequestInvalid, which was not sent · SecretMissing · TokenAwaited
 */
export interface HandlerApi extends Omit<CatalogueCalls, 'messages' | 'agents'> {
  /**
   * Calls an API that is not in the catalogue: its path, `/cgi-bin/…`, and its body. Resolves to the whole answer.
   *
   * @throws ApiRequestInvalid  the path is not a path alone, and the token could go elsewhere with it
   */
  call(path: string, body?: Json, options?: UnlistedCallOptions): Promise<JsonObject>;
  readonly messages: Omit<CatalogueCalls['messages'], 'send'> & {
    /**
     * A customer-service message (客服消息). Five within 48 hours of a user's message, three within a minute of a menu
     * tap, a subscription or a scan. Never repeated unless it certainly did not arrive.
     */
    send(to: OpenId, message: CustomerServiceMessage, options?: ApiCallOptions): Promise<void>;
  };
  readonly agents: CatalogueCalls['agents'] & { readonly uploadAvatar: UploadAvatar };
  readonly media: MediaApi;
  /** What WeChat gives page by page, as one `for await`. */
  readonly all: PaginatedLists;
}

/** The whole client of one account. */
export interface Api extends HandlerApi {
  readonly tokens: TokenKeeper;
}

const TIMEOUT_MS = 10_000;

export function createApi(deps: {
  readonly accessPoints: Pick<AccessPointPool, 'request'>;
  readonly tokens: TokenKeeper;
  /** For media that come from an address. Absent: such are refused. */
  readonly download?: PublicDownload;
  /** Absent: calls of which there are few a month are refused unless they say `overBudget`. */
  readonly budget?: CallBudget;
  /** For one exchange with one host. Default 10,000. */
  readonly timeoutMs?: number;
  /** Name of the account in events. Default: `default`. */
  readonly account?: string;
  readonly events?: Events;
  readonly clock?: Clock;
}): Api {
  const { accessPoints, tokens, budget, download, timeoutMs = TIMEOUT_MS } = deps;
  const { account = 'default', events = noEvents, clock = systemClock } = deps;
  const report = <T>(call: CallRequest, make: () => Promise<T>): Promise<T> =>
    reportCall({ events, account, clock }, call, make);

  async function callWithToken<T>(
    exchange: ApiRequest,
    read: ReadResponse<T>,
    given: AccessToken | undefined,
  ): Promise<T> {
    const callWith = (token: AccessToken) =>
      accessPoints.request({ ...exchange, query: { ...exchange.query, access_token: token } }, read);
    const token = given ?? (await tokens.get());
    try {
      return await callWith(token);
    } catch (error) {
      if (!(error instanceof ApiRefused) || error.errorClass !== 'token-invalid') throw error;
      await tokens.reject(token, error.errcode);
      const next = await tokens.get();
      if (next === token) throw error;
      return await callWith(next);
    }
  }

  function send(call: CallRequest, { token, signal }: ApiCallOptions, withToken = true): Promise<JsonObject> {
    const whole: ApiRequest = { ...call, timeoutMs, ...(signal !== undefined && { signal }) };
    return report(call, () =>
      withToken ? callWithToken(whole, readAnswer, token) : accessPoints.request(whole, readAnswer),
    );
  }

  const calls = bindCatalogue(createCallExecutor({ exchange: send, budget }));
  const files: MediaDeps = {
    exchangeWithToken: (call, read, { token, signal }) =>
      report(call, () => callWithToken({ ...call, ...(signal !== undefined && { signal }) }, read, token)),
    download,
  };
  const media = createMediaApi(files);

  return {
    ...calls,
    messages: {
      ...calls.messages,
      send: (to, message, options) => calls.messages.send({ touser: to, ...message }, options),
    },
    async call(path, body, options = {}) {
      checkPath(path);
      const { method = body === undefined ? 'GET' : 'POST', query = {} } = options;
      const { idempotent = method === 'GET' } = options;
      const text = typeof body === 'object' && body !== null ? toRequestBody(body) : JSON.stringify(body);
      const call: CallRequest = {
        method,
        path,
        idempotent,
        query: toQuery(query),
        ...(body !== undefined && { body: text }),
      };
      return send(call, options);
    },
    agents: { ...calls.agents, uploadAvatar: createUploadAvatar(files) },
    media,
    all: createPaginatedLists(calls, media),
    tokens,
  };
}

/** Put behind a host, anything else would change the host, or swallow the token. */
function checkPath(path: string): void {
  if (/^\/(?!\/)[^\s?#\\]*$/.test(path)) return;
  const shown = path.replace(/[?#].*$/s, '');
  throw new ApiRequestInvalid(
    shown,
    'path',
    'has to be such as /cgi-bin/user/info; a query goes into { query }',
  );
}
