import { ApiRefused } from './api-error.js';

const ADD_ADDRESS =
  'to the IP whitelist (mp.weixin.qq.com, 设置与开发 - 基本配置, or the WeChat Developer Platform)';

/** What helps against a refused fetch, by errcode, for the person who can do something. */
const ADVICE: Readonly<Record<number, string>> = {
  40001:
    'check WECHAT_APP_ID and WECHAT_APP_SECRET; the secret is wrong, was reset, or belongs to another AppID',
  40002: 'this is a fault of the server, please report it: the grant_type was not understood',
  40013: 'check WECHAT_APP_ID, letter case included',
  40125:
    'check WECHAT_APP_ID and WECHAT_APP_SECRET; the secret is wrong, was reset, or belongs to another AppID',
  40164: `add the address of this server ${ADD_ADDRESS}`,
  40243: 'the AppSecret is frozen: unfreeze it in the console; that takes about ten minutes',
  41002: 'set WECHAT_APP_ID',
  41004: 'set WECHAT_APP_SECRET',
  43002: 'something between this server and WeChat turned the POST into a GET: check the proxy',
  45009:
    "the day's token fetches are used up, until midnight in Beijing: find who fetches so often (does every program have its own token?)",
  45011: 'too many token fetches within a minute: it is tried again in the next one',
  45035: `add the address of this server ${ADD_ADDRESS}`,
  50004: 'the account may not use the token API, perhaps as a punishment: see the notices in the console',
  50007: 'the account is frozen: see the notices in the console',
  61004: `add the address of this server ${ADD_ADDRESS}`,
  61024: 'this AppID is a third-party platform: set WECHAT_APP_ID to that of an official account',
  89501: 'a confirmation is pending: the administrator of the account answers the message in WeChat',
  89502: 'a confirmation is pending: the administrator of the account answers the message in WeChat',
  89503:
    'the administrator of the account has to confirm this server: WeChat sent them a template message; after that it works by itself',
  89506: 'the administrator refused this server twice, which blocks it for 24 hours: talk to them',
  89507: 'the administrator refused this server, which blocks it for one hour: talk to them',
};

/**
 * The refusal of a token fetch, said so that it helps. Never of class `token-invalid`: here 40001 speaks of the secret,
 * and replacing a token would not help.
 */
export function toFetchRefusal(refused: ApiRefused): ApiRefused {
  const { endpoint, errcode, rid, errorClass } = refused;
  const advice = adviceFor(refused);
  return new ApiRefused(endpoint, {
    errcode,
    text: advice === undefined ? refused.text : `${refused.text}: ${advice}`,
    rid,
    errorClass: errorClass === 'token-invalid' ? 'config' : errorClass,
    ...(advice !== undefined && { advice }),
    accessPoint: refused.accessPoint,
  });
}

function adviceFor({ errcode, text }: ApiRefused): string | undefined {
  const address = addressSeen(text);
  return address === undefined ? ADVICE[errcode] : `add ${address} ${ADD_ADDRESS}`;
}

/** `invalid ip A ipv6 B, not in whitelist`: B is a real one only where it is no IPv4 address in disguise. */
const SEEN = /invalid ip ([0-9a-f.:]+)(?: ipv6 ([0-9a-f.:]+))?/i;

/** The address from which WeChat saw us, which may be none that this machine knows; two where it saw two. */
function addressSeen(text: string): string | undefined {
  const [, first, second] = SEEN.exec(text) ?? [];
  const seen = [first, second]
    .filter((address) => address !== undefined)
    .map((address) => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/[.:]+$/, ''));
  return seen.length === 0 ? undefined : [...new Set(seen)].join(' and ');
}
