import type { SandboxState } from '../sandbox-state.js';
import type { ApiAnswer, Endpoint } from './endpoint.js';
import { RIGHTS } from './endpoint.js';

/** Numbers and words of the authorize page's own errors. */
const PAGE_ERRORS = {
  10003: 'redirect_uri 域名与后台配置不一致 (redirect_uri host differs from the configured domain)',
  10005: '公众号没有这个 scope 的权限 (the account lacks this scope)',
  10006: '必须关注此测试号 (the user must follow this test account)',
  10010: 'scope 不能为空或错误 (scope is empty or unknown)',
  10011: 'redirect_uri 不能为空 (redirect_uri is empty)',
  10012: 'appid 不能为空或错误 (appid is empty or unknown)',
  10013: 'state 不能为空 (state is empty)',
} as const;

/**
 * The page to which a web application sends its users (open.weixin.qq.com/connect/oauth2/authorize). It goes back at
 * once with a code for `snsapi_base`, and asks first for `snsapi_userinfo`. `sandbox_follower` in the query tells who
 * the user is; without it the first follower. Who refuses (`sandbox_refuse`) goes back with the state and no code.
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
  if ((query['state'] ?? '') === '') return 10013;
  if (!RIGHTS[account.kind].includes('oauth')) return 10005;
  if (!/^https?:/.test(redirect) || !URL.canParse(redirect)) return 10003;
  const { host } = new URL(redirect);
  return account.oauthDomain !== '' && host !== account.oauthDomain ? 10003 : undefined;
}

/** One link for each follower, where choosing is consenting, and one to refuse. */
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
