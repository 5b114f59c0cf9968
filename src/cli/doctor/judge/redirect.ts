import { answerOf } from '../callback-answers.js';
import type { Facts } from '../facts.js';
import { fault, ok, type Finding } from '../step.js';
import { settingsSkipped, earlier } from './not-seen.js';

export const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export function judgeRedirect({ url, callback }: Facts): Finding {
  if (url === undefined) return settingsSkipped;
  if (callback === undefined) return earlier;
  for (const probe of [callback.handshake, callback.push, callback.large]) {
    const answer = answerOf(probe);
    if (answer === undefined || !REDIRECTS.has(answer.status)) continue;
    const to = withoutQuery(answer.headers['location'] ?? '', url.url);
    return fault(
      {
        zh: `${url.url} 返回 ${answer.status}，重定向到 ${to}`,
        en: `${url.url} is redirected (${answer.status}) to ${to}`,
      },
      {
        zh: `微信不跟随重定向：公众号后台里直接填 ${to}，或让代理对这个路径不要跳转（https、www、末尾斜杠）`,
        en: `WeChat does not follow redirects: enter ${to} in the console, or stop the proxy from redirecting this path (https, www, slash)`,
      },
    );
  }
  return ok('没有重定向', 'no redirect');
}

/** The query holds a signature. */
function withoutQuery(location: string, base: string): string {
  if (!URL.canParse(location, base)) return location.replace(/\?.*$/s, '');
  const { origin, pathname } = new URL(location, base);
  return `${origin}${pathname}`;
}
