import { reasonOf, answerOf, isRefusal } from '../callback-answers.js';
import { usable, type Facts } from '../facts.js';
import { fault, ok, type Finding, type Words } from '../step.js';
import { settingsSkipped, earlier } from './not-seen.js';
import { isSecretsFault } from './secrets.js';

const BODY_CURE: Words = {
  zh: '代理要原样转发请求体：nginx 的 client_max_body_size 至少 1m，关掉会改写、转码、缓存请求体的模块和 WAF 规则',
  en: 'the proxy has to pass the body on as it is: nginx client_max_body_size of 1m at least, nothing that rewrites, re-encodes or drops it',
};

export function judgeBody(facts: Facts): Finding {
  const { callback } = facts;
  if (usable(facts) === undefined) return settingsSkipped;
  const { push, large } = callback ?? {};
  if (push === undefined) return earlier;
  const small = bodyFault(facts, push, '一条普通推送', 'an ordinary push');
  if (small !== undefined) return small;
  if (large === undefined) return earlier;
  return (
    bodyFault(facts, large, '一条 20 KB 的推送', 'a push of 20 KB') ??
    ok('20 KB 的推送完整送达', 'a push of 20 KB arrives whole')
  );
}

function bodyFault(
  facts: Facts,
  probe: NonNullable<Facts['callback']>['handshake'],
  zh: string,
  en: string,
): Finding | undefined {
  const answer = answerOf(probe);
  if (answer === undefined)
    return fault(
      {
        zh: `${zh}没有应答：请求体没有完整送到服务`,
        en: `${en} gets no answer: its body does not reach the server complete`,
      },
      BODY_CURE,
    );
  const { status } = answer;
  if (status === 413)
    return fault(
      { zh: `${zh}被代理拒绝：413（太大）`, en: `${en} is refused by the proxy as too large (413)` },
      {
        zh: 'nginx 设 client_max_body_size 1m；其他代理同理放宽',
        en: 'nginx: client_max_body_size 1m; other proxies likewise',
      },
    );
  if (isRefusal(probe)) {
    const reason = reasonOf(facts, probe);
    if (reason === 'timestamp_stale' || (probe === facts.callback?.push && isSecretsFault(facts)))
      return undefined;
    return fault(
      {
        zh: `${zh}到了服务，但请求体已被改动、截断或丢弃${reason === undefined ? '' : `（${reason}）`}`,
        en: `${en} arrives with its body changed, truncated or missing${reason === undefined ? '' : ` (${reason})`}`,
      },
      BODY_CURE,
    );
  }
  if (status === 200 || (status >= 300 && status < 400)) return undefined;
  return fault(
    {
      zh: `${zh}（POST）被代理拒绝，状态码 ${status}`,
      en: `${en} (POST) is refused by the proxy with status ${status}`,
    },
    {
      zh: '让代理对回调路径放行 POST（WAF、限流、只读站点规则），并看代理的错误日志',
      en: 'let the proxy pass POST to the callback path (firewall, rate limit, rules for static sites); see its error log',
    },
  );
}
