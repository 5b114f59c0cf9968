import type { SandboxState } from '../sandbox-state.js';
import type { ApiAnswer, Endpoint } from './endpoint.js';
import { RIGHTS } from './endpoint.js';

/** Messages of the authorize page's own errors, by code; the one of `response_type` is not published. */
const PAGE_ERRORS = {
  10003: 'redirect_uri 域名与后台配置不一致 (redirect_uri host differs from the configured domain)',
  10005: '公众号没有这个 scope 的权限 (the account lacks this scope)',
  10006: '必须关注此测试号 (the user must follow this test account)',
  10010: 'scope 不能为空或错误 (scope is empty or unknown)',
  10011: 'redirect_uri 不能为空 (redirect_uri is empty)',
  10012: 'appid 不能为空或错误 (appid is empty or unknown)',
  response_type: 'response_type 参数必须是 code (response_type must be code)',
} as const;

/**
 * The page to which a web application sends its users (open.weixin.qq.com/connect/oauth2/authorize). It redirects back
 * with a code: at once for `snsapi_base`, after consent for `snsapi_userinfo`. `sandbox_follower` in the query selects
 * the user; default: the first follower. A refusal (`sandbox_refuse`) redirects with the state and no code.
 */
export const OAUTH_PAGE: Endpoint = {
  path: '/connect/oauth2/authorize',
  method: 'GET',
  token: false,
  handle({ query, path }, state) {
    const fault = faultOf(query, state);
    if (fault !== undefined) return page(`错误 ${fault}`, `<p>${PAGE_ERRORS[fault]}</p>`);
    const scope = query['scope'] ?? '';
    const target = new URL(query['redirect_uri'] ?? '');
    if ('sandbox_refuse' in query) {
      target.searchParams.set('state', query['state'] ?? '');
      return { redirect: target.href };
    }
    const chosen = query['sandbox_follower'];
    if (chosen === undefined && scope === 'snsapi_userinfo') return consentPage(path, query, state);

    const follower = state.followers.getOrCreate(chosen);
    if (!follower.following && state.account().kind === 'test') {
      return page('错误 10006', `<p>${PAGE_ERRORS[10006]}</p>`);
    }
    target.searchParams.set('code', state.grants.code({ openId: follower.openId, scope }));
    target.searchParams.set('state', query['state'] ?? '');
    return { redirect: target.href };
  },
};

function faultOf(
  query: Readonly<Record<string, string>>,
  state: SandboxState,
): keyof typeof PAGE_ERRORS | undefined {
  const account = state.account();
  const redirect = query['redirect_uri'] ?? '';
  if (query['appid'] !== account.appId) return 10012;
  if (redirect === '') return 10011;
  if (query['scope'] !== 'snsapi_base' && query['scope'] !== 'snsapi_userinfo') return 10010;
  if (query['response_type'] !== 'code') return 'response_type';
  if (!RIGHTS[account.kind].includes('oauth')) return 10005;
  if (!/^https?:/.test(redirect) || !URL.canParse(redirect)) return 10003;
  const { host } = new URL(redirect);
  return account.oauthDomain !== '' && host !== account.oauthDomain ? 10003 : undefined;
}

/** Shows a link for each follower, which means consent, and one to refuse. */
function consentPage(path: string, query: Readonly<Record<string, string>>, state: SandboxState): ApiAnswer {
  const link = (more: Record<string, string>, text: string) =>
    `<a href="${escaped(`?${new URLSearchParams({ ...query, ...more }).toString()}`)}">${escaped(text)}</a>`;
  const links = state.followers
    .list()
    .map(
      ({ openId, nickname }) => `<li>${link({ sandbox_follower: openId }, `${nickname} (${openId})`)}</li>`,
    );
  const refusal = link({ sandbox_refuse: '1' }, '拒绝 (refuse)');
  const asks = `${escaped(state.account().name)} 申请获得你的昵称、头像 (asks for nickname and avatar)`;
  return page(
    '网页授权',
    `<p>${asks}</p><ul>${links.join('')}</ul><p>${refusal}</p><p><small>${escaped(path)}</small></p>`,
  );
}

function page(title: string, body: string): ApiAnswer {
  const head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">';
  return {
    html: `<!doctype html><html lang="zh-CN"><head>${head}<title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`,
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
