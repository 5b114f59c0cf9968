import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { createAppSecret } from '../../../src/api/app-secret.js';
import type { AccessPoints, ApiRequest } from '../../../src/api/access-points/access-points.js';
import { readAnswer } from '../../../src/api/response.js';
import { createOAuthApi } from '../../../src/api/oauth/oauth.js';
import { createOAuth, type OAuth } from '../../../src/http/oauth.js';
import type { OAuthSettings } from '../../../src/http/oauth-settings.js';
import { httpResponse } from '../../../src/ports/http-client.js';
import { toAppId } from '../../../src/protocol/ids.js';
import { captureLog, type LogLine } from '../app/handler-runtime.js';
import { ManualClock } from '../time/manual-clock.js';
import { MemoryStateStore } from '../storage/memory-state-store.js';
import { portOf } from '../processes/port-of.js';

/** WeChat's user-level calls, answered by hand. A function stands for an answer that takes its time, or none. */
export interface StubSns extends AccessPoints {
  readonly asked: { readonly path: string; readonly query: Readonly<Record<string, string>> }[];
  /** The next answers of a path, in order; the last one stays. */
  answer(path: string, ...answers: readonly StubAnswer[]): void;
}
export type StubAnswer = object | (() => Promise<object>);

export function stubSns(): StubSns {
  const answers = new Map<string, StubAnswer[]>();
  const asked: { path: string; query: Readonly<Record<string, string>> }[] = [];
  return {
    asked,
    answer: (path, ...list) => void answers.set(path, [...list]),
    async exchange({ path, query = {} }: ApiRequest) {
      asked.push({ path, query });
      const list = answers.get(path) ?? [];
      const next = list.length > 1 ? list.shift() : list[0];
      const answer = typeof next === 'function' ? await next() : next;
      return readAnswer(path, httpResponse(200, JSON.stringify(answer ?? { errcode: 40066 })));
    },
  };
}

export const GRANT = {
  access_token: 'WEB-ACCESS-TOKEN',
  expires_in: 7_200,
  refresh_token: 'WEB-REFRESH-TOKEN',
  openid: 'oUser-of_the_tests00000000001',
  scope: 'snsapi_base',
};
export const SITE = 'https://www.example.com';
export const SECRET = 'app-secret-of-the-tests';
export const SESSION_KEY = 'a session key of the tests, long enough';
export const EXCHANGE = '/sns/oauth2/access_token';

export const SETTINGS: OAuthSettings = {
  url: `${SITE}/oauth`,
  authorizePage: 'https://open.weixin.qq.com/connect/oauth2/authorize',
  scope: 'snsapi_base',
  returnTo: [SITE, 'https://shop.example.com/app'],
  allowSnapshotUsers: false,
  sessionKey: SESSION_KEY,
  sessionLifetimeMs: 86_400_000,
  cookieName: 'wechat',
};

/** One process that serves the routes; processes of one installation share clock and store. */
export interface WebProcess {
  readonly web: OAuth;
  readonly http: Server;
  readonly base: string;
  readonly lines: LogLine[];
}

export async function startWebProcess(
  sns: AccessPoints,
  shared: { clock: ManualClock; store: MemoryStateStore },
  settings: Partial<OAuthSettings> = {},
  appId = 'wxTests',
): Promise<WebProcess> {
  const log = captureLog();
  const web = createOAuth({
    appId: toAppId(appId),
    api: createOAuthApi({
      appId: toAppId(appId),
      secret: createAppSecret(toAppId(appId), SECRET),
      accessPoints: sns,
    }),
    ...shared,
    log,
    settings: { ...SETTINGS, ...settings },
  });
  const http = createServer(web.routes);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return { web, http, base: `http://127.0.0.1:${portOf(http)}`, lines: log.lines };
}

/** A browser as far as these routes can tell: it keeps cookies and follows nothing by itself. */
export class Browser {
  readonly cookies = new Map<string, string>();

  async get(url: string, method = 'GET'): Promise<Visit> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: cookie === '' ? {} : { cookie },
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line)?.slice(1) ?? [];
      if (line.includes('Max-Age=0')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      setCookies: response.headers.getSetCookie(),
      headers: response.headers,
      text: await response.text(),
    };
  }
}

export interface Visit {
  readonly status: number;
  readonly location: string;
  readonly setCookies: readonly string[];
  readonly headers: Headers;
  readonly text: string;
}

export const stateOf = (location: string): string => new URL(location).searchParams.get('state') ?? '';
