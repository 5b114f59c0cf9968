import type { Words } from '../protocol/words.js';
import { ApiRefused } from './api-error.js';

const addAddress = (en: string, zh: string): Words => ({
  en: `add ${en} to the IP whitelist (mp.weixin.qq.com, 设置与开发 - 基本配置, or the WeChat Developer Platform)`,
  zh: `把${zh}加入 IP 白名单（mp.weixin.qq.com 的“设置与开发 - 基本配置”，或微信开发者平台）`,
});
const ADD_OURS = addAddress('the address of this server', '本服务器的 IP ');

const SECRET: Words = {
  en: 'check WECHAT_APP_ID and WECHAT_APP_SECRET; the secret is wrong, was reset, or belongs to another AppID',
  zh: '检查 WECHAT_APP_ID 和 WECHAT_APP_SECRET：AppSecret 写错了、被重置过，或者属于另一个 AppID',
};
const CONFIRM: Words = {
  en: 'a confirmation is pending: the administrator of the account answers the message in WeChat',
  zh: '正在等待确认：请账号的管理员在微信里处理收到的消息',
};

/** Advice for a refused fetch, by errcode, for the operator. */
const ADVICE: Readonly<Record<number, Words>> = {
  40001: SECRET,
  40002: {
    en: 'this is a fault of the server, please report it: the grant_type was not understood',
    zh: '这是本服务的错误，请反馈：微信不认识 grant_type',
  },
  40013: {
    en: 'check WECHAT_APP_ID, letter case included',
    zh: '检查 WECHAT_APP_ID，包括大小写',
  },
  40125: SECRET,
  40164: ADD_OURS,
  40243: {
    en: 'the AppSecret is frozen: unfreeze it in the console; that takes about ten minutes',
    zh: 'AppSecret 已冻结：到公众号后台解冻，大约十分钟后生效',
  },
  41002: { en: 'set WECHAT_APP_ID', zh: '请设置 WECHAT_APP_ID' },
  41004: { en: 'set WECHAT_APP_SECRET', zh: '请设置 WECHAT_APP_SECRET' },
  43002: {
    en: 'something between this server and WeChat turned the POST into a GET: check the proxy',
    zh: '本服务和微信之间的某一环把 POST 变成了 GET：检查代理',
  },
  45009: {
    en: "the day's token fetches are used up, until midnight in Beijing: find who fetches so often (does every program have its own token?)",
    zh: '今天获取 access_token 的次数已用完，北京时间零点恢复：查一查谁在频繁获取（是不是每个程序各取各的？）',
  },
  45011: {
    en: 'too many token fetches within a minute: the next one is tried in a minute',
    zh: '一分钟内获取 access_token 太多次：下一分钟会再试',
  },
  45035: ADD_OURS,
  50004: {
    en: 'the account is not allowed to use the token API, perhaps as a penalty: see the notices in the console',
    zh: '账号被禁止获取 access_token，可能是处罚：看公众号后台的通知',
  },
  50007: {
    en: 'the account is frozen: see the notices in the console',
    zh: '账号已冻结：看公众号后台的通知',
  },
  61004: ADD_OURS,
  61024: {
    en: 'this AppID belongs to a third-party platform: set WECHAT_APP_ID to that of an official account',
    zh: '这个 AppID 是第三方平台的：请把 WECHAT_APP_ID 设为公众号的 AppID',
  },
  89501: CONFIRM,
  89502: CONFIRM,
  89503: {
    en: 'the administrator of the account has to confirm this server: WeChat sent them a template message; after that, no action is needed',
    zh: '请账号的管理员确认这台服务器：微信给他发了模板消息，确认后自动恢复',
  },
  89506: {
    en: 'the administrator refused this server twice, which blocks it for 24 hours: talk to them',
    zh: '管理员两次拒绝了这台服务器，24 小时内不能再试：请和管理员沟通',
  },
  89507: {
    en: 'the administrator refused this server, which blocks it for one hour: talk to them',
    zh: '管理员拒绝了这台服务器，1 小时内不能再试：请和管理员沟通',
  },
};

/**
 * Adds advice to the refusal of a token fetch. Never of class `token-invalid`: here 40001 is about the secret, and
 * replacing a token would not help.
 */
export function toFetchRefusal(refused: ApiRefused): ApiRefused {
  const { endpoint, errcode, rid, errorClass } = refused;
  const advice = adviceFor(refused);
  return new ApiRefused(endpoint, {
    errcode,
    text: advice === undefined ? refused.text : `${refused.text}: ${advice.en}`,
    errmsg: refused.text,
    rid,
    errorClass: errorClass === 'token-invalid' ? 'config' : errorClass,
    ...(advice !== undefined && { advice }),
    accessPoint: refused.accessPoint,
  });
}

function adviceFor({ errcode, text }: ApiRefused): Words | undefined {
  const address = addressSeen(text);
  return address === undefined ? ADVICE[errcode] : addAddress(address, ` ${address} `);
}

/** `invalid ip A ipv6 B, not in whitelist`. B may be an IPv4-mapped address, which does not count. */
const SEEN = /invalid ip ([0-9a-f.:]+)(?: ipv6 ([0-9a-f.:]+))?/i;

/** Returns our address as WeChat saw it, which this machine may not know; two if it saw two. */
function addressSeen(text: string): string | undefined {
  const [, first, second] = SEEN.exec(text) ?? [];
  const seen = [first, second]
    .filter((address) => address !== undefined)
    .map((address) => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/[.:]+$/, ''));
  return seen.length === 0 ? undefined : [...new Set(seen)].join(' and ');
}
