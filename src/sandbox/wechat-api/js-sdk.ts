import { signPage } from '../../protocol/page-signature.js';
import type { SandboxState } from '../sandbox-state.js';
import type { ApiAnswer, Endpoint } from './endpoint.js';
import { ticketForPages } from './ticket-api.js';

const SCRIPT_PATH = '/connect/jweixin.js';
const CHECK_PATH = '/connect/jweixin-check.js';

/**
 * Replaces WeChat's JS-SDK script, as far as that is possible outside WeChat: checks `wx.config` against the ticket,
 * and calls `wx.ready` or `wx.error` with WeChat's messages.
 */
export const JS_SDK_API: readonly Endpoint[] = [
  {
    path: SCRIPT_PATH,
    method: 'GET',
    token: false,
    handle: ({ baseUrl }) => script(client(baseUrl + CHECK_PATH)),
  },
  {
    path: CHECK_PATH,
    method: 'GET',
    token: false,
    handle: ({ query }, state) => script(`wx.sandboxAnswer(${JSON.stringify(verdict(query, state))});`),
  },
];

function verdict(query: Readonly<Record<string, string>>, state: SandboxState): string {
  const ticket = ticketForPages(state);
  if (query['appId'] !== state.account().appId) return 'config:invalid appid';
  const { nonceStr: nonce = '', timestamp = '', url = '' } = query;
  const isRight = ticket !== undefined && query['signature'] === signPage({ ticket, nonce, timestamp, url });
  return isRight ? 'config:ok' : 'config:invalid signature';
}

/** Uses a script element, not fetch, because the sandbox rejects requests of foreign pages. */
const client = (checkUrl: string): string => `(() => {
  const check = new URL(${JSON.stringify(checkUrl)});
  const waiting = { ready: [], error: [] };
  let answer;
  const tell = () => {
    if (answer === undefined) return;
    const kind = answer === 'config:ok' ? 'ready' : 'error';
    for (const call of waiting[kind].splice(0)) call({ errMsg: answer });
  };
  window.wx = {
    config({ appId, timestamp, nonceStr, signature }) {
      const url = location.href.split('#')[0];
      check.search = new URLSearchParams({ appId, timestamp, nonceStr, signature, url });
      document.head.append(Object.assign(document.createElement('script'), { src: check.href }));
    },
    ready(call) { waiting.ready.push(call); tell(); },
    error(call) { waiting.error.push(call); tell(); },
    sandboxAnswer(said) { answer = said; tell(); },
  };
})();
`;

function script(text: string): ApiAnswer {
  return { file: Buffer.from(text), contentType: 'text/javascript; charset=utf-8' };
}
