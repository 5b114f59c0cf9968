import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { AccessToken, OpenId } from '../protocol/ids.js';
import { systemClock, type Clock } from '../ports/clock.js';
import { noEvents, type Events } from '../ports/events.js';
import type { PublicDownload } from '../ports/public-download.js';
import type { AccessPointPool, ApiRequest } from './access-points/access-points.js';
import { createUploadAvatar, type UploadAvatar } from './agent-avatar.js';
import { ApiRequestInvalid } from './api-error.js';
import type { CallBudget } from './call-budget.js';
import type { ApiCallOptions } from './call-options.js';
import { bindCatalogue, ROWS_BY_PATH, type CatalogueCalls } from './catalogue/catalogue.js';
import { MAX_DOWNLOADED_BYTES } from './media/limits.js';
import { SEND_PATH } from './catalogue/messages.js';
import { createMediaApi, FILE_TIMES, type MediaApi, type MediaDeps } from './media/media.js';
import { readMedia, type FetchedMedia } from './media/read-media.js';
import { createCallExecutor, type CallRequest } from './execute-call.js';
import { createFromFile, createUploadVoice, type FromFile, type UploadVoice } from './recognize-file.js';
import { reportCall } from './report-call.js';
import { readAnswer, type JsonObject, type ReadResponse } from './response.js';
import type { TokenKeeper } from './token-keeper.js';
import { createPaginatedLists, type PaginatedLists } from './paginated-lists.js';
import { callWithToken } from './with-token.js';
import {
  assertAnswered,
  toUnlistedCall,
  type UnlistedCallBody,
  type UnlistedCallOptions,
} from './unlisted-call.js';

export type { ApiCallOptions } from './call-options.js';
export type { UnlistedCallOptions } from './unlisted-call.js';
export { SEND_PATH };

/**
 * WeChat's API for handlers. It adds the access token; requests and answers have WeChat's own fields, with 64-bit ids
 * as texts. A call that is refused for its token is repeated once with the next token.
 *
 * @throws ApiRefused · ApiUnreachable · ApiRequestInvalid, which was not sent · SecretMissing · TokenAwaited
 *
 * @example
 * const call = (wechat: HandlerApi) => wechat.messages.typing({ touser: user, command: 'Typing' });
 */
export interface HandlerApi extends Omit<CatalogueCalls, 'messages' | 'agents' | 'ocr' | 'images' | 'voice'> {
  /**
   * Calls an API that is not in the catalogue, by path (`/cgi-bin/…`) and body. Resolves with the whole answer. An
   * answer without errcode counts only if it has the fields of `{ answer }`, or any that no gateway would send.
   *
   * @throws ApiRequestInvalid  the path contains more than a path, so the token could be sent elsewhere
   */
  call(path: string, body?: UnlistedCallBody, options?: UnlistedCallOptions): Promise<JsonObject>;
  /** Calls such an API for a file of at most 32 MiB. An errcode instead is thrown as usual. */
  callForFile(path: string, body?: UnlistedCallBody, options?: UnlistedCallOptions): Promise<FetchedMedia>;
  readonly messages: Omit<CatalogueCalls['messages'], 'send'> & {
    /**
     * Sends a customer-service message (客服消息). Five within 48 hours of a user's message, three within a minute of a
     * menu tap, a subscription or a scan. Never repeated unless it certainly did not arrive.
     */
    send(to: OpenId, message: CustomerServiceMessage, options?: ApiCallOptions): Promise<void>;
  };
  readonly agents: CatalogueCalls['agents'] & { readonly uploadAvatar: UploadAvatar };
  readonly ocr: CatalogueCalls['ocr'] & FromFile<'ocr'>;
  readonly images: CatalogueCalls['images'] & FromFile<'images'>;
  readonly voice: CatalogueCalls['voice'] & { readonly upload: UploadVoice };
  readonly media: MediaApi;
  /** Paged lists, as one `for await`. */
  readonly all: PaginatedLists;
}

/** The whole client of one account. */
export interface Api extends HandlerApi {
  readonly tokens: TokenKeeper;
}

type CallTimes = Pick<ApiRequest, 'timeoutMs' | 'totalMs'>;

const TIMEOUT_MS = 10_000;

export function createApi(deps: {
  readonly accessPoints: Pick<AccessPointPool, 'request'>;
  readonly tokens: TokenKeeper;
  /** Downloads media given by address. Absent: such are refused. */
  readonly download?: PublicDownload;
  /** Absent: calls with a small monthly quota are refused unless `overBudget` is set. */
  readonly budget?: CallBudget;
  /** Limit of one exchange with one host. Default 10,000. */
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

  const exchangeWithToken = <T>(
    exchange: ApiRequest,
    read: ReadResponse<T>,
    given: AccessToken | undefined,
  ): Promise<T> =>
    callWithToken(tokens, given, (token) =>
      accessPoints.request({ ...exchange, query: { ...exchange.query, access_token: token } }, read),
    );

  function send(
    call: CallRequest & Partial<CallTimes>,
    { token, signal }: ApiCallOptions,
    withToken = true,
  ): Promise<JsonObject> {
    const whole: ApiRequest = { timeoutMs, ...call, ...(signal !== undefined && { signal }) };
    return report(call, () =>
      withToken ? exchangeWithToken(whole, readAnswer, token) : accessPoints.request(whole, readAnswer),
    );
  }

  const calls = bindCatalogue(createCallExecutor({ exchange: send, budget }));
  const files: MediaDeps = {
    exchangeWithToken: (call, read, { token, signal }) =>
      report(call, () =>
        exchangeWithToken({ ...call, ...(signal !== undefined && { signal }) }, read, token),
      ),
    download,
  };
  const media = createMediaApi(files);

  return {
    ...calls,
    messages: {
      ...calls.messages,
      async send(to, message, options) {
        // Checked, because JavaScript has no types that show that the receiver is a parameter of its own.
        if (typeof to !== 'string')
          throw new ApiRequestInvalid(SEND_PATH, 'touser', {
            en: 'comes first: messages.send(openId, message)',
            zh: '是第一个参数：messages.send(openId, message)',
          });
        await calls.messages.send({ touser: to, ...message }, options);
      },
    },
    async call(path, body, options = {}) {
      const call = await toUnlistedCall(path, body, options);
      const answer = await send({ ...call, ...(call.content !== undefined && FILE_TIMES) }, options);
      assertAnswered(path, answer, options, ROWS_BY_PATH.get(path));
      return answer;
    },
    async callForFile(path, body, options = {}) {
      const call = await toUnlistedCall(path, body, options);
      const whole = { ...call, ...FILE_TIMES, maxBytes: MAX_DOWNLOADED_BYTES };
      return files.exchangeWithToken(whole, readMedia, options);
    },
    agents: { ...calls.agents, uploadAvatar: createUploadAvatar(files) },
    ocr: { ...calls.ocr, fromFile: createFromFile<'ocr'>(calls.ocr, files) },
    images: { ...calls.images, fromFile: createFromFile<'images'>(calls.images, files) },
    voice: { ...calls.voice, upload: createUploadVoice(files) },
    media,
    all: createPaginatedLists(calls, media),
    tokens,
  };
}
