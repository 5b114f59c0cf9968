import type { Request } from 'express';
import type { TokenAccount } from './token-route.js';
import { parameterOf } from '../api/gateway/token-in-query.js';
import type { KeyGuesses } from './key-guesses.js';
import { safeEqual } from './safe-equal.js';
import { addressOf } from './token-routes.js';

/** Prefix of web authorization, whose tokens belong to users. */
export const isUserLevel = (path: string): boolean => path.startsWith('/sns/');
/** The only call that uses an AppSecret instead of a token. */
const CODE_PATH = '/sns/oauth2/access_token';

/** The caller and its account, or a refusal in WeChat's format. */
export type GatewayAccess<Account> =
  | { readonly by: 'key' | 'token' | 'secret' | 'loopback'; readonly account: Account }
  | { readonly status: number; readonly errcode: number; readonly errmsg: string };

/** The credentials of a request. */
export interface Shown<Account> {
  readonly request: Request;
  readonly path: string;
  readonly query: string;
  /** Access tokens of the query. */
  readonly tokens: readonly string[];
  /** The account in the base address. */
  readonly wanted: Account | undefined;
}

/**
 * Decides who may call through the gateway: by the key of the admin listener, by an access token that this token centre gave
 * out within the last day, or, for a code of web authorization, by the AppSecret or the key in its place. Without a key
 * the listener is on loopback, where everybody may.
 */
export function createGatewayAccess<
  Account extends Pick<TokenAccount, 'name' | 'appId' | 'appSecret' | 'tokens'>,
>(deps: {
  /** Those of this moment. */
  readonly accounts: () => readonly Account[];
  readonly key: string | undefined;
  readonly guesses: KeyGuesses;
}): (shown: Shown<Account>) => Promise<GatewayAccess<Account>> {
  const { accounts, key, guesses } = deps;

  async function ownerOf(token: string): Promise<Account | undefined> {
    const all = accounts();
    const owners = await Promise.all(all.map(({ tokens }) => tokens.gaveOut(token)));
    return all[owners.indexOf(true)];
  }

  /** Finds the account of a caller with the key. */
  async function accountOf({ wanted, tokens, query }: Shown<Account>): Promise<Account | undefined> {
    if (wanted !== undefined) return wanted;
    const [first, ...others] = accounts();
    if (others.length === 0) return first;
    const owner = tokens[0] === undefined ? undefined : await ownerOf(tokens[0]);
    const appId = parameterOf(query, 'appid');
    return owner ?? accounts().find((one) => one.appId === appId);
  }

  function bySecret({ query, request }: Shown<Account>): GatewayAccess<Account> {
    const from = addressOf(request);
    const account = accounts().find(({ appId }) => safeEqual(parameterOf(query, 'appid') ?? '', appId));
    if (account === undefined) return refusal(40013);
    if (guesses.isBlocked(from)) return refusal(45011);
    const shown = parameterOf(query, 'secret') ?? '';
    if (isSecretOf(account, key, shown)) return { by: 'secret', account };
    if (shown !== '') guesses.note(from, shown);
    return refusal(40125);
  }

  return async (shown) => {
    const { request, path, tokens } = shown;
    const from = addressOf(request);
    const bearer = request.headers.authorization ?? '';
    if (bearer !== '' && key !== undefined) {
      if (guesses.isBlocked(from)) return refusal(45011, 429);
      if (!safeEqual(bearer, `Bearer ${key}`)) {
        guesses.note(from, bearer);
        return refusal(40001, 401, 'invalid key: send Authorization: Bearer <ADMIN_KEY>');
      }
    } else if (key !== undefined) {
      if (path === CODE_PATH) return bySecret(shown);
      if (isUserLevel(path))
        return refusal(40001, 401, 'key missing: send Authorization: Bearer <ADMIN_KEY>');
      const [token, more] = tokens;
      if (token === undefined) return refusal(41001);
      const owner = more === undefined ? await ownerOf(token) : undefined;
      if (owner === undefined || (shown.wanted !== undefined && owner !== shown.wanted))
        return refusal(40001);
      return { by: 'token', account: owner };
    }
    const account = await accountOf(shown);
    if (account === undefined)
      return refusal(
        40013,
        200,
        'invalid appid: several accounts are here, use /accounts/<name>/api as base address',
      );
    return { by: key === undefined ? 'loopback' : 'key', account };
  };
}

/** The query of a code of web authorization, with the AppSecret where the key stood for it. */
export function withAppSecret(
  path: string,
  query: string,
  { appSecret }: Pick<TokenAccount, 'appSecret'>,
  key: string | undefined,
): string {
  if (path !== CODE_PATH || key === undefined || appSecret.value === undefined) return query;
  if (!safeEqual(parameterOf(query, 'secret') ?? '', key)) return query;
  const parameters = new URLSearchParams(query);
  parameters.set('secret', appSecret.value);
  return parameters.toString();
}

function isSecretOf(
  { appSecret }: Pick<TokenAccount, 'appSecret'>,
  key: string | undefined,
  shown: string,
): boolean {
  const secrets = [appSecret.value, key].filter((secret) => secret !== undefined);
  return secrets.map((secret) => safeEqual(shown, secret)).includes(true);
}

const WORDS: Readonly<Record<number, string>> = {
  40001: 'invalid credential, access_token is invalid or not latest',
  40013: 'invalid appid',
  40125: 'invalid appsecret',
  41001: 'access_token missing',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
};

function refusal(errcode: number, status = 200, errmsg = WORDS[errcode] ?? 'refused') {
  return { status, errcode, errmsg };
}
