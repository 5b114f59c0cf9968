import { fingerprintsOf } from '../../../server-status.js';
import { runningAccount } from '../callback-answers.js';
import { usable, type Facts } from '../facts.js';
import type { Refused } from '../probe/account.js';
import { fault, ok, skipped, warning, type Finding, type Words } from '../step.js';
import { IP_ERRCODES, QUOTA_ERRCODES } from './errcode-sets.js';
import { settingsSkipped } from './not-seen.js';

export const CONSOLE_ZH = '公众号后台“设置与开发 - 基本配置”（或微信开发者平台）';

const SECRET_CURES: Readonly<Record<number, Words>> = {
  40001: {
    zh: `AppSecret 不对或已重置：到${CONSOLE_ZH}核对或重置，改 WECHAT_APP_SECRET`,
    en: 'the AppSecret is wrong or was reset: compare or reset it in the console, then change WECHAT_APP_SECRET',
  },
  40125: {
    zh: `AppSecret 不对或已重置：到${CONSOLE_ZH}核对或重置，改 WECHAT_APP_SECRET`,
    en: 'the AppSecret is wrong or was reset: compare or reset it in the console, then change WECHAT_APP_SECRET',
  },
  40013: {
    zh: 'AppID 不对：核对 WECHAT_APP_ID，区分大小写',
    en: 'the AppID is wrong: compare WECHAT_APP_ID, letter case included',
  },
  40243: {
    zh: `AppSecret 已冻结：到${CONSOLE_ZH}解冻，约十分钟生效`,
    en: 'the AppSecret is frozen: unfreeze it in the console; it takes about ten minutes',
  },
  50004: {
    zh: '账号被禁止调用 access_token 接口：看公众号后台的通知',
    en: 'the account is not allowed to use the token API: see the notices in the console',
  },
  50007: {
    zh: '账号已冻结：看公众号后台的通知',
    en: 'the account is frozen: see the notices in the console',
  },
  61024: {
    zh: '这个 AppID 属于第三方平台：换成公众号的 AppID',
    en: 'this AppID belongs to a third-party platform: use that of the official account',
  },
};

export function judgeAppSecret(facts: Facts): Finding {
  const configured = usable(facts);
  if (configured === undefined) return settingsSkipped;
  const { account } = facts;
  if (account === undefined) return skipped('接入点没有应答，问不了', 'no access point answers');
  const { token } = account;
  if (token === 'none')
    return skipped(
      '没有设置 WECHAT_APP_SECRET：超时的回复只能等用户的下一条消息',
      'WECHAT_APP_SECRET is not set: late answers wait for the next message of their user',
    );
  if (token !== 'had') return judgeRefusedToken(token);
  const running = runningAccount(facts);
  const mine = fingerprintsOf(configured.account).appSecret;
  const theirs = running?.fingerprints.appSecret;
  if (running?.appId === configured.account.appId && theirs !== undefined && theirs !== mine)
    return fault(
      {
        zh: '正在运行的服务用的还是旧的 AppSecret',
        en: 'the running server has a different AppSecret from this configuration',
      },
      { zh: '给服务发 SIGHUP（kill -HUP 进程号）或重启', en: 'send the server SIGHUP, or restart it' },
    );
  return ok(
    'AppID 和 AppSecret 正确，取到了 access_token',
    'AppID and AppSecret are right, an access token was issued',
  );
}

function judgeRefusedToken(token: Refused): Finding {
  const { errcode, text } = token;
  if (errcode === undefined)
    return fault(
      {
        zh: `取 access_token 没有得到应答：${text}`,
        en: `the request for an access token got no answer: ${text}`,
      },
      {
        zh: '看 access-points 一步；用了 TOKEN_SERVER_URL 就看那一台',
        en: 'see the access-points step; with TOKEN_SERVER_URL, look at that server',
      },
    );
  if (IP_ERRCODES.has(errcode) || QUOTA_ERRCODES.has(errcode))
    return skipped(`微信返回 ${errcode}，见后面的步骤`, `WeChat says ${errcode}: see the steps below`);
  if (errcode === -1)
    return warning(
      { zh: '微信繁忙（-1），这次没有查到', en: 'WeChat is busy (-1), so it could not be asked' },
      { zh: '过一会儿再运行一次', en: 'run doctor again later' },
    );
  return fault(
    {
      zh: `微信拒绝发 access_token：${errcode} ${text}`,
      en: `WeChat refuses to give an access token: ${errcode} ${text}`,
    },
    SECRET_CURES[errcode] ?? token.advice,
  );
}
