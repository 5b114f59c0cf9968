import type { Facts } from '../facts.js';
import { ok, warning, type Finding, fault } from '../step.js';
import { settingsSkipped, noToken } from './not-seen.js';

export function judgeCheck({ account, settings }: Facts): Finding {
  if ('faults' in settings) return settingsSkipped;
  const check = account?.check;
  if (check === undefined) return noToken;
  if ('text' in check) {
    if (check.errcode !== 40201)
      return warning(
        {
          zh: `微信的网络检测没有完成：${check.errcode ?? ''} ${check.text}`,
          en: `WeChat's own check could not be made: ${check.errcode ?? ''} ${check.text}`,
        },
        { zh: '过一会儿再运行一次', en: 'run doctor again later' },
      );
    return fault(
      { zh: '公众号后台里没有填服务器 URL（40201）', en: 'no URL is set in the console (40201)' },
      {
        zh: '在公众号后台“服务器配置”里填 URL 和 Token，提交并点“启用”',
        en: 'enter URL and Token in the console, submit, and enable it',
      },
    );
  }
  const { dns, ping = [] } = check;
  if (dns?.length === 0)
    return fault(
      { zh: '微信那边解析不了这个域名', en: 'WeChat cannot resolve the host name of the callback' },
      { zh: '检查域名在各运营商的解析', en: 'check the host name in the DNS of the carriers' },
    );
  if (ping.length > 0 && ping.every(({ package_loss: loss }) => loss === '100%'))
    return warning(
      { zh: '微信 ping 不通这台服务器', en: "WeChat's ping gets no answer" },
      {
        zh: '云服务器常常禁 ping；收得到推送就不用管',
        en: 'many machines do not answer pings; if pushes arrive, ignore this',
      },
    );
  return ok('微信能解析域名，也能连上服务器', 'WeChat resolves the name and reaches the server');
}
