import type { SandboxState } from '../sandbox-state.js';
import { jsonBody, Refusal, textOf, type Endpoint, type JsonObject } from './endpoint.js';

/** Access tokens over both channels. Neither call needs a token. */
export const TOKEN_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/token',
    method: 'GET',
    token: false,
    daily: [2_000, 200],
    handle({ query }, state) {
      checkCredentials(query, state);
      return issued(state.tokens.ordinary());
    },
  },
  {
    path: '/cgi-bin/stable_token',
    method: 'POST',
    token: false,
    daily: [500_000],
    perMinute: 10_000,
    handle(request, state) {
      const body = jsonBody(request);
      checkCredentials(body, state);
      const token = state.tokens.stable(body['force_refresh'] === true);
      if ('refused' in token) throw new Refusal(token.refused);
      return issued(token);
    },
  },
];

/** Success has no errcode. */
function issued({ token, expiresInS }: { token: string; expiresInS: number }): JsonObject {
  return { access_token: token, expires_in: expiresInS };
}

/** Checks the AppID and AppSecret of the call. @throws Refusal */
export function checkCredentials(
  given: JsonObject,
  state: SandboxState,
  grantType = 'client_credential',
): void {
  const { appId, appSecret } = state.account();
  if (textOf(given, 'grant_type') !== grantType) throw new Refusal(40002);
  if (textOf(given, 'appid') === '') throw new Refusal(41002);
  if (textOf(given, 'appid') !== appId) throw new Refusal(40013);
  if (textOf(given, 'secret') === '') throw new Refusal(41004);
  if (textOf(given, 'secret') !== appSecret) throw new Refusal(40125);
}
