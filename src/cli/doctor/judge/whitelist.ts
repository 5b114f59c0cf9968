import type { Facts } from '../facts.js';
import { fault, ok, type Finding } from '../step.js';
import { CONSOLE_ZH } from './app-secret.js';
import { FIRST_CONFIRMATION_ERRCODE, IP_ERRCODES } from './errcode-sets.js';
import { settingsSkipped, noToken } from './not-seen.js';

export function judgeWhitelist({ account, settings }: Facts): Finding {
  if ('faults' in settings) return settingsSkipped;
  if (account === undefined || account.token === 'none') return noToken;
  const { token } = account;
  if (token === 'had') return ok('出口 IP 可以取 access_token', 'this address may fetch tokens');
  const { errcode } = token;
  if (errcode === undefined || !IP_ERRCODES.has(errcode)) return noToken;
  if (errcode >= FIRST_CONFIRMATION_ERRCODE)
    return fault(
      {
        zh: `新 IP 要管理员确认（${errcode}）`,
        en: `the administrator has to confirm this address (${errcode})`,
      },
      {
        zh: '请账号管理员在微信里确认模板消息；被拒绝过要等 1 小时或 24 小时',
        en: 'ask the administrator to confirm the message in WeChat; after a refusal the address is blocked for one hour or a day',
      },
    );
  const address = /\b(\d{1,3}(?:\.\d{1,3}){3})\b/.exec(token.text)?.[1] ?? addressIn(token.text);
  return fault(
    {
      zh: `出口 IP ${address} 不在白名单（${errcode}）`,
      en: `the address ${address} is not on the IP whitelist (${errcode})`,
    },
    {
      zh: `把 ${address} 加进${CONSOLE_ZH}的 IP 白名单，几分钟内生效；出口不固定就配 NAT 或固定出口`,
      en: `add ${address} to the IP whitelist in the console; it takes a few minutes; give the machine a fixed outgoing address`,
    },
  );
}

const addressIn = (text: string): string => /invalid ip ([0-9a-f.:]+)/i.exec(text)?.[1] ?? '?';
