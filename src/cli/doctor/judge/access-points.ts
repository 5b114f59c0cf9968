import type { Facts } from '../facts.js';
import { fault, ok, type Finding, warning } from '../step.js';
import { settingsSkipped } from './not-seen.js';

export function judgeAccessPoints({ accessPoints }: Facts): Finding {
  if (accessPoints === undefined) return settingsSkipped;
  const lines = accessPoints
    .map(({ host, ms, error }) => `\n    - ${host} ${error ?? `${Math.round(ms ?? 0)} ms`}`)
    .join('');
  const failed = accessPoints.filter(({ error }) => error !== undefined).length;
  if (failed === 0) return ok(`全部应答：${lines}`, `all answer:${lines}`);
  if (failed === accessPoints.length)
    return fault(
      { zh: `微信接口的接入点一个也连不上：${lines}`, en: `none of WeChat's API hosts answers:${lines}` },
      {
        zh: '放行本机到 *.weixin.qq.com 的 443 出站，核对 DNS 和代理（HTTPS_PROXY）；取不到 access_token，客服消息发不出去',
        en: 'let this machine reach *.weixin.qq.com on port 443; check DNS and proxy; without it there is no access token, and no late answer is sent',
      },
    );
  return warning(
    {
      zh: `有 ${failed} 个接入点没有应答：${lines}`,
      en: `${failed} of WeChat's API hosts do not answer:${lines}`,
    },
    {
      zh: '服务会自动用别的接入点；wechat-callback access-points 可给出合适的顺序',
      en: 'the server uses the others; wechat-callback access-points recommends an order',
    },
  );
}
