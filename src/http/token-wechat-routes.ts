import { ApiRefused } from '../api/api-error.js';
import type { Credential } from '../api/credential.js';
import { ForceBudgetSpent } from '../api/token-keeper.js';
import type { Clock } from '../ports/clock.js';
import { AppError } from '../protocol/app-error.js';
import type { KeyGuesses } from './key-guesses.js';
import { safeEqual } from './safe-equal.js';
import {
  remainingS,
  ticketTypeOf,
  type TokenRouteRequest,
  type TokenRouteResponse,
  type TokenAccount,
  type TokenRoute,
} from './token-route.js';

/**
 * WeChat's own token and ticket calls, for SDKs whose base address can be set. Their requests cannot carry our key, so
 * `secret` authenticates them: the AppSecret, or the admin key instead, which keeps the AppSecret in one program. A
 * wrong one counts as a guess of the key.
 */
export function tokenWechatRoutes(
  accounts: () => readonly TokenAccount[],
  key: string | undefined,
  clock: Clock,
  guesses: KeyGuesses,
): readonly TokenRoute[] {
  const suspicion = createSuspicion(clock);

  /** Returns the account of the given credentials, or WeChat's errcode for a mistake in them. */
  function readCredentials(given: Readonly<Record<string, unknown>>, from: string): TokenAccount | number {
    const textOf = (name: string): string => {
      const value = given[name];
      return typeof value === 'string' ? value : '';
    };
    if (textOf('grant_type') !== 'client_credential') return 40002;
    if (textOf('appid') === '') return 41002;
    // No early exit, so that the time does not reveal which AppIDs are ours.
    const account = accounts().filter(({ appId }) => safeEqual(textOf('appid'), appId))[0];
    if (account === undefined) return 40013;
    if (textOf('secret') === '') return 41004;
    if (guesses.isBlocked(from)) return 45011;
    const secrets = [account.appSecret.value, key].filter((secret) => secret !== undefined);
    const allowed = secrets.map((secret) => safeEqual(textOf('secret'), secret));
    if (allowed.includes(true)) return account;
    guesses.note(from, textOf('secret'));
    return 40125;
  }

  async function giveToken(
    asked: TokenRouteRequest,
    credentials: Readonly<Record<string, unknown>>,
    force: boolean,
  ): Promise<TokenRouteResponse> {
    const account = readCredentials(credentials, asked.from);
    if (typeof account === 'number') return refusal('token', account);
    return answerAs(account, force ? 'forced refresh' : 'token', async () => {
      if (await suspicion.isDue(account, asked.from)) await account.validateToken().catch(() => {}); // logged by the client
      const current = force ? await forced(account) : await account.tokens.current();
      suspicion.noteGiven(account, asked.from, current);
      return { access_token: current.value, expires_in: remainingS(current, clock.now()) };
    });
  }

  return [
    {
      method: 'get',
      path: '/cgi-bin/token',
      answer: (asked) => giveToken(asked, asked.query, false),
    },
    {
      method: 'post',
      path: '/cgi-bin/stable_token',
      answer: (asked) => giveToken(asked, asked.body, asked.body['force_refresh'] === true),
    },
    {
      method: 'get',
      path: '/cgi-bin/ticket/getticket',
      async answer({ query }) {
        const type = ticketTypeOf(query['type']);
        const what = `${type ?? 'unknown'} ticket`;
        const token = query['access_token'] ?? '';
        if (token === '') return refusal(what, 41001);
        const all = accounts();
        const owners = await Promise.all(all.map((account) => ownsToken(account, token)));
        const account = all[owners.indexOf(true)];
        if (account === undefined) return refusal(what, 40001);
        if (type === undefined) return refusal(what, 40097);
        return answerAs(account, what, async () => {
          const current = await account.tickets.current(type);
          const expiresInS = remainingS(current, clock.now());
          return { errcode: 0, errmsg: 'ok', ticket: current.value, expires_in: expiresInS };
        });
      },
    },
  ];
}

/** Refreshes the token within the budget, as WeChat does; beyond it, returns the present one. */
async function forced({ tokens }: TokenAccount): Promise<Credential> {
  try {
    return await tokens.refresh('forced');
  } catch (error) {
    if (error instanceof ForceBudgetSpent) return tokens.current();
    throw error;
  }
}

async function ownsToken({ tokens }: TokenAccount, token: string): Promise<boolean> {
  const status = await tokens.status();
  if (status.expiresAtMs === undefined) return false; // no token was issued yet, so none is fetched for a stranger
  const current = await tokens.current().catch(() => undefined);
  return current !== undefined && safeEqual(token, current.value);
}

async function answerAs(
  account: TokenAccount,
  what: string,
  give: () => Promise<object>,
): Promise<TokenRouteResponse> {
  try {
    return { body: await give(), account: account.name, what };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { errcode, text } =
      error instanceof ApiRefused ? error : { errcode: -1, text: `system error, ${error.message}` };
    return { body: { errcode, errmsg: text }, account: account.name, what, refused: String(errcode) };
  }
}

const WORDS: Readonly<Record<number, string>> = {
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40013: 'invalid appid',
  40097: 'invalid args',
  40125: 'invalid appsecret',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
};

/** Refuses as WeChat does: HTTP 200 with an errcode. */
function refusal(what: string, errcode: number): TokenRouteResponse {
  return { body: { errcode, errmsg: WORDS[errcode] }, what, refused: String(errcode) };
}

const MIN_SUSPICION_INTERVAL_MS = 10_000;
const MAX_REMEMBERED_CALLERS = 1_000;

/**
 * Decides whether to validate a token. These calls cannot report an invalid token: an SDK just asks again. So a client
 * that asks again for the same token is a reason to validate it, at most every ten seconds.
 */
function createSuspicion(clock: Clock) {
  const given = new Map<string, string>();
  const triedAtMs = new Map<string, number>();
  return {
    async isDue({ appId, tokens }: TokenAccount, from: string): Promise<boolean> {
      const before = given.get(`${appId} ${from}`);
      if (before === undefined || before !== (await tokens.current()).value) return false;
      if (clock.now() - (triedAtMs.get(appId) ?? -Infinity) < MIN_SUSPICION_INTERVAL_MS) return false;
      triedAtMs.set(appId, clock.now());
      return true;
    },
    noteGiven({ appId }: TokenAccount, from: string, { value }: Credential): void {
      given.delete(`${appId} ${from}`);
      given.set(`${appId} ${from}`, value);
      for (const oldest of given.keys()) {
        if (given.size <= MAX_REMEMBERED_CALLERS) break;
        given.delete(oldest);
      }
    },
  };
}
