import { answerOf, runningAccount, type HeardAnswer } from '../callback-answers.js';
import { usable, type Facts } from '../facts.js';
import { fault, ok, type Finding } from '../step.js';
import { settingsSkipped, earlier } from './not-seen.js';

const SLOW_MS = 2_000;

export function judgeAnswer(facts: Facts): Finding {
  const { callback } = facts;
  if (usable(facts) === undefined) return settingsSkipped;
  if (callback === undefined) return earlier;
  const { handshake, push, large, echo } = callback;
  if (handshake.heard.type === 'nothing')
    return fault(
      handshake.heard.why === 'timeout'
        ? { zh: '连上了，但 5 秒内没有应答', en: 'the connection is made, but there is no answer within 5 s' }
        : { zh: '连上了，但连接中途断开', en: 'the connection is made, but breaks before an answer' },
      {
        zh: '看代理到服务的连接：端口对不对、服务是否卡住；看代理的错误日志',
        en: 'check the connection from the proxy to the server: the port, a server that hangs, the error log of the proxy',
      },
    );
  const answers = [handshake, push, large].map(answerOf).filter((answer) => answer !== undefined);
  const changed = answers.find((answer, index) => isChanged(answer, index === 0 ? echo : 'success'));
  if (changed !== undefined)
    return fault(
      {
        zh: '应答中途被改动（加了内容、压缩或换了页面）',
        en: 'the answer is changed on its way (something added, compressed, another page)',
      },
      {
        zh: '对回调路径关掉代理的内容改写、注入、压缩和自定义错误页：微信要的是原样的 echostr、success 或 XML',
        en: 'turn off rewriting, injection, compression and error pages of the proxy for the callback path: WeChat expects echostr, success or XML unchanged',
      },
    );
  const slowestMs = Math.max(...answers.map(({ ms }) => ms));
  if (slowestMs > SLOW_MS)
    return fault(
      { zh: `往返一次用了 ${slowestMs} 毫秒`, en: `a round trip takes ${slowestMs} ms` },
      {
        zh: '微信 5 秒超时，回调本身只要几毫秒：查代理的缓冲（nginx 用 proxy_buffering off）、跨境线路和机器负载',
        en: 'WeChat gives up after 5 s, and the callback takes a few ms: look at buffering (nginx: proxy_buffering off), the line and the load',
      },
    );
  if (
    !answers.every((answer, index) => answer.status === 200 && answer.text.includes(index === 0 ? echo : ''))
  )
    return earlier;
  const day = runningAccount(facts)?.callbacksByWechat;
  return ok(
    `应答原样返回，最慢 ${slowestMs} 毫秒${day === undefined ? '' : `；微信统计 ${day.date} 推送 ${day.pushes} 次，失败 ${day.failed} 次`}`,
    `answers come back unchanged, the slowest in ${slowestMs} ms${day === undefined ? '' : `; WeChat counted ${day.pushes} pushes on ${day.date}, ${day.failed} of them failed`}`,
  );
}

/** True if something changed the server's own answer; another page is a fault of `url-path`. */
function isChanged({ status, text, headers }: HeardAnswer, expected: string): boolean {
  if (status !== 200) return false;
  if (headers['content-encoding'] !== undefined) return true;
  return text !== expected && (expected === 'success' || text.includes(expected));
}
