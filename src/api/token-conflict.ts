import type { Words } from '../protocol/words.js';
import type { TokenChannel } from './fetch-token.js';

/**
 * Describes a token conflict to an operator: WeChat refuses a token before it expires, and no process of ours fetched a
 * newer one. `times`: conflicts so far.
 */
export function describeTokenConflict(channel: TokenChannel, times: number): Words {
  if (channel === 'stable') {
    return {
      en: 'WeChat refuses the access token before it expires: another program forced a refresh, or the AppSecret was reset.',
      zh: 'access_token 没到期就被微信拒绝：另一个程序强制刷新了它，或者 AppSecret 被重置过。',
    };
  }
  return times === 1
    ? {
        en: 'WeChat refuses the access token before it expires: another program fetched one for this account at /cgi-bin/token, or the AppSecret was reset.',
        zh: 'access_token 没到期就被微信拒绝：另一个程序用 /cgi-bin/token 为这个账号获取过，或者 AppSecret 被重置过。',
      }
    : {
        en:
          'Another program fetches access tokens for this account at /cgi-bin/token, and each one invalidates ours. ' +
          'Let it get them from here (GET /accounts/<name>/token at the admin listener), or set TOKEN_CHANNEL=stable.',
        zh:
          '另一个程序用 /cgi-bin/token 为这个账号获取 access_token，每次都让我们的失效。' +
          '让它从本服务获取（管理端口的 GET /accounts/<name>/token），或者设置 TOKEN_CHANNEL=stable。',
      };
}
