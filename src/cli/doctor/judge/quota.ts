import type { Facts } from '../facts.js';
import { fault, ok, type Finding, warning } from '../step.js';
import { QUOTA_ERRCODES } from './errcode-sets.js';
import { settingsSkipped, noToken } from './not-seen.js';

export function judgeQuota({ account, settings }: Facts): Finding {
  if ('faults' in settings) return settingsSkipped;
  if (account === undefined || account.token === 'none') return noToken;
  const cure = {
    zh: '每天零点（北京时间）清零；急用 wechat-callback quota 查看、在公众号后台清零（每月 10 次）',
    en: 'it resets at midnight, Beijing time; wechat-callback quota shows it, the console clears it (ten times a month)',
  };
  const { token, quotas = [] } = account;
  if (token !== 'had') {
    if (token.errcode === undefined || !QUOTA_ERRCODES.has(token.errcode)) return noToken;
    return fault(
      {
        zh: `取 access_token 的次数用完了（${token.errcode}）`,
        en: `the calls for access tokens are used up (${token.errcode})`,
      },
      cure,
    );
  }
  const full = quotas.find(({ used, limit }) => used >= limit);
  if (full !== undefined)
    return fault(
      {
        zh: `${full.path} 今天的 ${full.limit} 次已用完`,
        en: `today's ${full.limit} calls of ${full.path} are used up`,
      },
      cure,
    );
  const near = quotas.find(({ used, limit }) => used >= 0.9 * limit);
  if (near !== undefined)
    return warning(
      {
        zh: `${near.path} 今天已用 ${near.used}/${near.limit}`,
        en: `${near.used} of today's ${near.limit} calls of ${near.path} are used`,
      },
      cure,
    );
  const shown = quotas.map(({ path, used, limit }) => `${path} ${used}/${limit}`).join(', ');
  return ok(shown || '有余量', shown || 'some is left');
}
