import type { Request, RequestHandler, Response } from 'express';
import { ApiBudgetSpent, ApiRefused, ApiUnreachable, SecretMissing } from '../api/api-error.js';
import type { Gateway } from '../api/gateway/gateway.js';
import { createPathRule, isMeantForWechat, isWechatPath, TOKEN_PATHS } from '../api/gateway/paths.js';
import { takeToken } from '../api/gateway/token-in-query.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import { StoreUnavailable } from '../ports/state-store.js';
import { AppError } from '../protocol/app-error.js';
import { createGatewayAccess, isUserLevel, withAppSecret } from './gateway-access.js';
import { readGatewayBody } from './gateway-body.js';
import { sendAnswer } from './gateway-answer.js';
import type { KeyGuesses } from './key-guesses.js';
import type { TokenAccount } from './token-route.js';
import { addressOf } from './token-routes.js';

/** An account whose API other programs call through the gateway. */
export interface GatewayAccount extends Pick<TokenAccount, 'name' | 'appId' | 'appSecret' | 'tokens'> {
  readonly gateway: Gateway;
}

/** Serves WeChat's API to other programs (docs/token-centre.md). */
export interface GatewayRoutes {
  /** Removes `/accounts/<name>/api` from an address. Mount it before the token centre. */
  readonly base: RequestHandler;
  /** Forwards calls. Mount it after the token centre, which keeps its own paths. */
  readonly calls: RequestHandler;
}

/** Our own refusal, in WeChat's format. */
interface Refusal {
  readonly status: number;
  readonly errcode: number;
  readonly errmsg: string;
}

export function createGatewayRoutes(deps: {
  /** Those of this moment. */
  readonly accounts: () => readonly GatewayAccount[];
  /** The admin key. */
  readonly key: string | undefined;
  readonly guesses: KeyGuesses;
  /** Patterns of the forwarded paths. */
  readonly allow: readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
}): GatewayRoutes {
  const { accounts, key, clock, log } = deps;
  const access = createGatewayAccess(deps);
  const isAllowed = createPathRule(deps.allow);
  const wanted = new WeakMap<Request, GatewayAccount>();

  async function answer(request: Request, response: Response): Promise<Refusal | undefined> {
    const [path = '', query = ''] = split(request.url);
    const parts = takeToken(query);
    if (parts === undefined || !isWechatPath(path)) return refuse(40066, 'invalid url');
    const by = { api: path, from: addressOf(request) };
    const may = await access({
      request,
      path,
      query,
      tokens: parts.tokens,
      wanted: wanted.get(request),
    }).catch(toUnavailable);
    if (may instanceof StoreUnavailable) return note(by, failure(may), may);
    if (!('account' in may)) return note({ ...by }, may);
    const { account } = may;
    const about = { ...by, account: account.name, by: may.by };
    const { method } = request;
    if (method !== 'GET' && method !== 'POST') return note(about, refuse(43002, 'require POST method', 405));
    if (!isAllowed(path) || TOKEN_PATHS.includes(path.toLowerCase()))
      return note(about, refuse(48001, `api unauthorized: API_GATEWAY_ALLOW does not name ${path}`));
    const body = method === 'GET' ? undefined : await readGatewayBody(request);
    if (body?.type === 'too-large') return note(about, refuse(45001, 'media size out of limit', 413));
    if (body?.type === 'encoded') return note(about, refuse(47001, 'data format error: compressed', 415));

    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const contentType = request.headers['content-type'];
    const startMs = clock.now();
    try {
      const passed = await account.gateway.passOn({
        method,
        path,
        query: isUserLevel(path) ? withAppSecret(path, query, account, key) : parts.rest,
        takesToken: !isUserLevel(path),
        secrets: [account.appSecret.value ?? ''].filter((secret) => secret !== ''),
        signal: gone.signal,
        ...(contentType !== undefined && { contentType }),
        ...(body?.type === 'bytes' && { body: body.bytes }),
        ...(body?.type === 'stream' && { body: body.stream }),
        ...(body?.type === 'stream' && body.length !== undefined && { length: body.length }),
      });
      const { status, refused } = passed;
      const said = { status, errcode: refused?.errcode, rid: refused?.rid, ms: clock.now() - startMs };
      log.info({ ...about, ...said }, 'gateway call passed on');
      await sendAnswer(response, passed);
      return undefined;
    } catch (error) {
      if (gone.signal.aborted) {
        log.info(about, 'gateway call abandoned');
        return undefined;
      }
      if (!(error instanceof AppError) && !(error instanceof StoreUnavailable)) throw error;
      return note(about, failure(error), error);
    }
  }

  function note(about: object, refusal: Refusal, error?: Error): Refusal {
    log.warn(
      { ...about, errcode: refusal.errcode, ...(error !== undefined && { err: error }) },
      'gateway call refused',
    );
    return refusal;
  }

  return {
    base(request, response, next) {
      const [, name = '', rest = ''] = /^\/accounts\/([\w-]{1,64})\/api(\/.*)$/s.exec(request.url) ?? [];
      if (name === '' || !isMeantForWechat(rest)) return next();
      const account = accounts().find((one) => one.name === name || one.appId === name);
      if (account === undefined) {
        response.json({ errcode: 40013, errmsg: 'invalid appid: no account has this name or AppID' });
        return;
      }
      wanted.set(request, account);
      request.url = rest;
      next();
    },
    calls(request, response, next) {
      if (!isMeantForWechat(split(request.url)[0] ?? '')) return next();
      answer(request, response).then((refusal) => {
        if (refusal === undefined) return;
        const { status, errcode, errmsg } = refusal;
        // The unread rest of the body would be parsed as the next request.
        if (!request.complete) response.set('connection', 'close');
        response.status(status).json({ errcode, errmsg });
      }, next);
    },
  };
}

/** Path and query. */
function split(url: string): readonly string[] {
  const at = url.indexOf('?');
  return at < 0 ? [url] : [url.slice(0, at), url.slice(at + 1)];
}

const refuse = (errcode: number, errmsg: string, status = 200): Refusal => ({ status, errcode, errmsg });

/** Errcodes that an SDK reads as the end of its token. */
const TOKEN_CODES = [40001, 40014, 42001];
/** SDKs repeat a call that is answered -1. After this one nobody knows whether it was done, so none may be. */
const LOST = -502;

/** A token that this process does not know may be a good one: 40001 would make a program throw it away. */
function toUnavailable(error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  throw error;
}

function failure(error: AppError | StoreUnavailable): Refusal {
  const { message } = error;
  if (error instanceof ApiUnreachable && error.sent)
    return refuse(LOST, `no answer came, and the call may have been done: ${message}`, 502);
  if (error instanceof ApiRefused)
    return refuse(TOKEN_CODES.includes(error.errcode) ? 40125 : error.errcode, error.text);
  if (error instanceof ApiBudgetSpent) return refuse(48006, message);
  if (error instanceof SecretMissing) return refuse(41004, `appsecret missing: ${message}`, 503);
  return refuse(-1, `system error, ${message}`, 503);
}
