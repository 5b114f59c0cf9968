import type { Sandbox } from '../types/sandbox.js';
import type { Scenario } from './scenario.js';

type CallStep = Extract<Scenario['steps'][number], { call: unknown }>['call'];

/**
 * Calls the sandbox's API side over HTTP, as a server would. A response without a JSON object becomes `{status, text}`,
 * a failed call `{status: 0, text}`.
 *
 * @throws RangeError for an unknown access point
 */
export async function callApi(
  sandbox: Sandbox,
  call: CallStep,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const { path, method = call.body === undefined ? 'GET' : 'POST', query = {}, body, token } = call;
  const base = sandbox.accessPoints().find(({ name }) => name === (call.accessPoint ?? 'api'))?.url;
  if (base === undefined)
    throw new RangeError(
      `there is no access point ${call.accessPoint}; there are ${sandbox
        .accessPoints()
        .map(({ name }) => name)
        .join(', ')}`,
    );
  const access = token === undefined ? {} : { access_token: await tokenFor(sandbox, token, signal) };
  const url = `${base}${path}?${new URLSearchParams({ ...query, ...access }).toString()}`;
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    signal,
    ...(body !== undefined && {
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  }).catch((error: unknown) => error);
  if (!(response instanceof Response)) return { status: 0, text: String(response) };
  const text = await response.text().catch((error: unknown) => `cut off: ${String(error)}`);
  const about = { status: response.status, location: response.headers.get('location') ?? undefined, text };
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' ? { ...about, ...answer } : about;
  } catch {
    return about;
  }
}

/** Fetches a token by `ordinary` or `stable`; `=…` is a token itself. */
async function tokenFor(sandbox: Sandbox, token: string, signal: AbortSignal): Promise<string> {
  if (token.startsWith('=')) return token.slice(1);
  const { appId, appSecret } = sandbox.state.account();
  const credentials = { grant_type: 'client_credential', appid: appId, secret: appSecret };
  const answer =
    token === 'ordinary'
      ? await callApi(sandbox, { path: '/cgi-bin/token', query: credentials }, signal)
      : await callApi(sandbox, { path: '/cgi-bin/stable_token', body: credentials }, signal);
  return String(answer['access_token']);
}
