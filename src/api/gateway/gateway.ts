import { Readable } from 'node:stream';
import type { Clock } from '../../ports/clock.js';
import type { Events } from '../../ports/events.js';
import { HttpFailure } from '../../ports/http-client.js';
import { sleep } from '../../ports/sleep.js';
import type { HttpStreamClient } from '../../ports/http-stream.js';
import { toOpenId, type AccessToken, type OpenId } from '../../protocol/ids.js';
import type { AccessPointPool, HostAttempt } from '../access-points/access-points.js';
import { ApiRefused, ApiUnreachable, TokenAwaited } from '../api-error.js';
import type { CallBudget } from '../call-budget.js';
import type { EndpointSpec } from '../catalogue/endpoint.js';
import { SEND_PATH } from '../catalogue/messages.js';
import { assertBudget, isIdempotent } from '../execute-call.js';
import { reportCall } from '../report-call.js';
import type { TokenKeeper } from '../token-keeper.js';
import { callWithToken } from '../with-token.js';
import { judgeResponse, type JudgedResponse } from './judge-response.js';
import { withToken } from './token-in-query.js';

/** A call of another program. */
export interface GatewayCall {
  readonly method: 'GET' | 'POST';
  /** Path of WeChat's API. */
  readonly path: string;
  /** The query as received, without access token. */
  readonly query: string;
  readonly contentType?: string;
  /** Bytes can be sent again, a stream cannot. */
  readonly body?: Buffer | Readable;
  /** Length of a stream, if known. */
  readonly length?: number;
  /** False: the call has a token of another kind, or needs none. */
  readonly takesToken: boolean;
  /** Secret values in the call, which errors must not contain. */
  readonly secrets?: readonly string[];
  /** Aborts when the program disconnects. */
  readonly signal: AbortSignal;
}

/**
 * Forwards calls of other programs to WeChat, for one account.
 *
 * @throws ApiUnreachable · ApiBudgetSpent · SecretMissing · TokenAwaited · errors of a token server
 */
export interface Gateway {
  /** Resolves with WeChat's answer, even a refusal. Its `rest` must be read or destroyed. */
  passOn(call: GatewayCall): Promise<JudgedResponse>;
}

const TIMES = { timeoutMs: 10_000, totalMs: 20_000 };
/** Time for ten megabytes over a slow line. */
const BULKY_TIMES = { timeoutMs: 60_000, totalMs: 90_000 };
const CONNECT_MS = 5_000;
/** A token that has just replaced another is kept for ten seconds, even if WeChat refuses it, too. */
const KEPT_MS = 10_500;
/** The lock, two fetches, and some time to spare. */
const MAX_WAIT_MS = 25_000;
const LOOK_INTERVAL_MS = 500;

export function createGateway(deps: {
  readonly accessPoints: Pick<AccessPointPool, 'through'>;
  readonly tokens: TokenKeeper;
  readonly budget: CallBudget;
  readonly open: HttpStreamClient;
  readonly rows: ReadonlyMap<string, EndpointSpec>;
  readonly account: string;
  readonly events: Events;
  readonly clock: Clock;
  /** Counts a sent customer-service message against the send quota of its user. Never throws. */
  readonly onMessageSent: (user: OpenId) => void;
}): Gateway {
  const { accessPoints, tokens, budget, open, rows, events, account, clock, onMessageSent } = deps;

  /**
   * A process that dies while it fetches the next token leaves its lock for ten seconds, of which one look at it waits five, and
   * then rests. A program that calls here has no better to do than to wait the rest, and the fetch after it.
   */
  async function awaitToken(untilMs: number): Promise<AccessToken> {
    try {
      return await tokens.get();
    } catch (error) {
      if (!(error instanceof TokenAwaited) || clock.now() >= untilMs) throw error;
      await sleep(clock, LOOK_INTERVAL_MS);
      return awaitToken(untilMs);
    }
  }
  const patient: TokenKeeper = {
    get: () => awaitToken(clock.now() + MAX_WAIT_MS),
    reject: (token, errcode) => tokens.reject(token, errcode),
  };

  async function attempt(
    call: GatewayCall,
    row: EndpointSpec | undefined,
    token: AccessToken | undefined,
    { base, accessPoint, timeoutMs, connectMs = CONNECT_MS }: HostAttempt,
  ): Promise<JudgedResponse> {
    const { method, path, query, body, signal, secrets = [] } = call;
    const search = token === undefined ? query : withToken(query, token);
    try {
      const response = await open({
        method,
        url: `${base}${path}${search === '' ? '' : `?${search}`}`,
        headers: headersOf(call),
        idleMs: timeoutMs,
        connectMs: Math.min(connectMs, timeoutMs),
        signal,
        ...(body !== undefined && { body }),
      });
      const known = token === undefined ? secrets : [token, ...secrets];
      return await judgeResponse(path, response, { accessPoint, row, secrets: known });
    } catch (error) {
      // A break while the beginning of the answer was read: the request had been sent.
      if (error instanceof HttpFailure || error instanceof ApiUnreachable) throw error;
      throw new HttpFailure('the answer broke off', { sent: true, kind: 'connection-lost' });
    }
  }

  async function pass(call: GatewayCall): Promise<JudgedResponse> {
    const { path, body, signal } = call;
    const row = rows.get(path);
    if (row !== undefined) await assertBudget(budget, row);
    const isStream = body instanceof Readable;
    const plan = {
      path,
      signal,
      idempotent: !isStream && mayRepeat(call, row),
      ...(isStream || call.method === 'GET' ? BULKY_TIMES : TIMES),
    };
    let refusal: JudgedResponse | undefined;
    const callWith = (token: AccessToken | undefined) =>
      accessPoints.through(plan, async (host) => {
        const answer = await attempt(call, row, token, host);
        if (answer.refused?.errorClass !== 'token-invalid') return answer;
        refusal = answer;
        throw answer.refused;
      });
    try {
      if (!call.takesToken) return await callWith(undefined);
      if (!isStream) {
        const withTokens = () => callWithToken(patient, undefined, callWith);
        return await withTokens().catch(async (error: unknown) => {
          if (!isTokenRefusal(error)) throw error;
          await sleep(clock, KEPT_MS);
          if (signal.aborted) throw error;
          return withTokens();
        });
      }
      const token = await patient.get();
      return await callWith(token).catch(async (error: unknown) => {
        // The streamed body is consumed, so the program must repeat the call; the next token is ready then.
        if (isTokenRefusal(error)) await tokens.reject(token, error.errcode);
        throw error;
      });
    } catch (error) {
      if (refusal !== undefined && isTokenRefusal(error)) return refusal;
      throw error;
    }
  }

  return {
    async passOn(call) {
      const { method, path, query, body } = call;
      const text = Buffer.isBuffer(body) ? body.toString('utf8') : undefined;
      let answer: JudgedResponse | undefined;
      try {
        await reportCall(
          { events, account, clock },
          {
            method,
            path,
            query: Object.fromEntries(new URLSearchParams(query)),
            ...(text !== undefined && { body: text }),
          },
          async () => {
            answer = await pass(call);
            if (answer.refused !== undefined) throw answer.refused;
          },
        );
      } catch (error) {
        if (answer === undefined || error !== answer.refused) throw error;
      }
      if (answer === undefined) throw new TypeError('a call that was passed on has an answer');
      const user = path === SEND_PATH && answer.refused === undefined ? receiverOf(text) : undefined;
      if (user !== undefined) onMessageSent(user);
      return answer;
    },
  };
}

const isTokenRefusal = (error: unknown): error is ApiRefused =>
  error instanceof ApiRefused && error.errorClass === 'token-invalid';

/** Selects the request headers for WeChat: those of the body. */
function headersOf({ contentType, body, length, method }: GatewayCall): Record<string, string> {
  const size = Buffer.isBuffer(body) ? body.length : body === undefined && method === 'POST' ? 0 : length;
  return {
    // A compressed answer could not be inspected.
    'accept-encoding': 'identity',
    ...(contentType !== undefined && { 'content-type': contentType }),
    ...(size !== undefined && { 'content-length': String(size) }),
  };
}

/** True if a call can be repeated: by the catalogue; otherwise a GET can, and a POST cannot. */
function mayRepeat({ method, body }: GatewayCall, row: EndpointSpec | undefined): boolean {
  if (row === undefined) return method === 'GET';
  return isIdempotent(row, Buffer.isBuffer(body) ? parse(body.toString('utf8')) : {});
}

function receiverOf(text: string | undefined): OpenId | undefined {
  const user: unknown = Reflect.get(parse(text ?? ''), 'touser');
  return typeof user === 'string' ? toOpenId(user) : undefined;
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
