import type { SandboxState } from '../sandbox-state.js';
import { jsonBody, OK, Refusal, textOf, type Endpoint } from './endpoint.js';

const CLEARS_A_MONTH = { all: 10, one: 50 };
const RID_LIVES_MS = 7 * 86_400_000;
const clears = new WeakMap<SandboxState, Map<string, number>>();

/**
 * Endpoints about the API itself: quotas and rids. `limitOf` is a parameter, because endpoints do not know each other.
 */
export function openApi(
  limitOf: (path: string, state: SandboxState) => number | undefined,
): readonly Endpoint[] {
  return [
    {
      path: '/cgi-bin/clear_quota',
      method: 'POST',
      handle(request, state) {
        if (textOf(jsonBody(request), 'appid') !== state.account().appId) throw new Refusal(40013);
        countClear(state, 'all');
        state.quotas.reset();
        return OK;
      },
    },
    {
      // Works without a token, for the case that even the quota for tokens is used up.
      path: '/cgi-bin/clear_quota/v2',
      method: 'POST',
      token: false,
      handle(request, state) {
        const given = request.raw.length > 0 ? jsonBody(request) : request.query;
        const { appId, appSecret } = state.account();
        if (textOf(given, 'appid') !== appId) throw new Refusal(40013);
        if (textOf(given, 'appsecret') !== appSecret) throw new Refusal(40125);
        countClear(state, 'all');
        state.quotas.reset();
        return OK;
      },
    },
    {
      path: '/cgi-bin/openapi/quota/get',
      method: 'POST',
      handle(request, state) {
        const path = textOf(jsonBody(request), 'cgi_path');
        if (!path.startsWith('/')) throw new Refusal(76003);
        if (path.startsWith('/sns/')) throw new Refusal(76022);
        const limit = limitOf(path, state);
        if (limit === undefined) throw new Refusal(76021);
        const { dailyLimit, used } = state.quotas.view(path, limit);
        return { ...OK, quota: { daily_limit: dailyLimit, used, remain: dailyLimit - used } };
      },
    },
    {
      path: '/cgi-bin/openapi/quota/clear',
      method: 'POST',
      handle(request, state) {
        const path = textOf(jsonBody(request), 'cgi_path');
        if (limitOf(path, state) === undefined) throw new Refusal(76021);
        countClear(state, 'one');
        state.quotas.reset(path);
        return OK;
      },
    },
    {
      path: '/cgi-bin/openapi/rid/get',
      method: 'POST',
      handle(request, state) {
        const rid = textOf(jsonBody(request), 'rid');
        if (!/^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/.test(rid)) throw new Refusal(76002);
        const call = state.calls.list().find((one) => one.rid === rid);
        if (call === undefined) throw new Refusal(76001);
        if (state.clock.now() - call.atMs > RID_LIVES_MS) throw new Refusal(76004);
        if (call.path.startsWith('/sns/')) throw new Refusal(76022);
        const search = new URLSearchParams(call.query).toString();
        return {
          ...OK,
          request: {
            invoke_time: Math.floor(call.atMs / 1_000),
            cost_in_ms: Math.round(call.durationMs),
            request_url: search,
            request_body: call.requestBody,
            response_body: call.responseBody,
            client_ip: '127.0.0.1',
          },
        };
      },
    },
  ];
}

/** @throws Refusal 48006 when the month's clears are used up */
function countClear(state: SandboxState, kind: keyof typeof CLEARS_A_MONTH): void {
  const counts = clears.get(state) ?? new Map<string, number>();
  clears.set(state, counts);
  const key = `${kind} ${new Date(state.clock.now() + 8 * 3_600_000).toISOString().slice(0, 7)}`;
  const used = counts.get(key) ?? 0;
  if (used >= CLEARS_A_MONTH[kind]) throw new Refusal(48006);
  counts.set(key, used + 1);
}
