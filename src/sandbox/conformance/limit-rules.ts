import { accepted } from './answer.js';
import { forgeRequest } from './forge-request.js';
import type { Probe } from './probe.js';
import { freshWord, text } from './pushes.js';
import { broken, holds, type Finding, type Rule } from './rule.js';
import { everyAccepted, isReply } from './assertions.js';

const TOO_LARGE_BYTES = 2 * 1024 * 1024;

/** Sends a text with another HTTP method. */
async function byMethod(probe: Probe, method: string): Promise<Finding> {
  const push = text(probe.target, freshWord());
  const label = `a text by ${method}`;
  const { exchange, answer } = await probe.send(push, forgeRequest(push.xml, probe.target), label, {
    method,
  });
  const { failure, status = 0 } = exchange;
  if (failure === undefined && ((status >= 400 && status < 500) || status === 501)) return holds;
  return broken(
    exchange,
    isReply(answer)
      ? { en: 'it was answered like a push', zh: '它被当作推送应答了' }
      : { en: 'a status of 400 to 499, or 501, was expected', zh: '状态码应在 400 到 499 之间，或者是 501' },
  );
}

export const limitRules: readonly Rule[] = [
  {
    id: 'answers-in-time',
    group: 'limits',
    level: 'must',
    title: { en: 'Every push is answered within five seconds', zh: '每个推送都在 5 秒内应答' },
    says: {
      en: 'After five seconds WeChat drops the connection and sends the push again.',
      zh: '五秒后微信断开连接，重新推送。',
    },
    source: '接收普通消息, 关于重试的消息排重',
    remedy: {
      en: 'Answer `success` before the time is up, and send the answer as a customer-service message later.',
      zh: '超时之前先返回 `success`，答案稍后用客服消息发送。',
    },
    async check(probe) {
      const late = (await probe.sample()).find(({ exchange }) => exchange.failure !== undefined);
      return late === undefined
        ? holds
        : broken(late.exchange, {
            en: 'the user sees a failure, and the push comes again',
            zh: '用户会看到故障提示，微信会重新推送',
          });
    },
  },
  {
    id: 'burst-served',
    group: 'limits',
    level: 'must',
    title: { en: 'Forty texts at once are all answered in time', zh: '同时到来的四十条文字都按时应答' },
    says: {
      en: 'The five seconds hold for every push, whatever else is going on.',
      zh: '每个推送都只有五秒，不管服务器还在做什么。',
    },
    source: '报警排查指引, 请求超时',
    remedy: { en: 'Do not serve pushes one after the other.', zh: '不要逐个排队处理推送。' },
    async check(probe) {
      const burst = Array.from({ length: 40 }, (_, n) =>
        probe.push(text(probe.target, freshWord()), `text ${n + 1} of 40 at once`),
      );
      return everyAccepted(probe, await Promise.all(burst));
    },
  },
  {
    id: 'large-body-refused',
    group: 'limits',
    level: 'advice',
    turn: 'hostile',
    title: { en: 'A body of 2 MB is refused', zh: '拒绝 2 MB 的请求体' },
    says: { en: 'Pushes are some kilobytes long.', zh: '推送有几 KB 大小。' },
    source: '接收普通消息',
    remedy: { en: 'Stop reading at 1 MB, and answer 413.', zh: '读到 1 MB 就停止，返回 413。' },
    async check(probe) {
      const push = text(probe.target, freshWord());
      const signed = forgeRequest(push.xml, probe.target);
      const body = Buffer.alloc(TOO_LARGE_BYTES, 'x');
      const honestEnd = Buffer.from(signed.body);
      body.set(honestEnd);
      const { exchange, answer } = await probe.send(push, signed, 'a body of 2 MB', { body });
      if (exchange.failure === 'no answer in time')
        return broken(exchange, { en: 'it was neither refused nor answered', zh: '既没有拒绝，也没有应答' });
      if (accepted(answer))
        return broken(exchange, {
          en: 'it was read whole, and taken for a push',
          zh: '服务器读完了全部内容，并当作推送处理',
        });
      return everyAccepted(probe, [
        await probe.push(text(probe.target, freshWord()), 'an honest text after it'),
      ]);
    },
  },
  {
    id: 'put-refused',
    group: 'limits',
    level: 'advice',
    turn: 'alone',
    title: { en: 'PUT and DELETE are refused', zh: '拒绝 PUT 和 DELETE' },
    says: { en: 'WeChat sends GET and POST only.', zh: '微信只发 GET 和 POST。' },
    source: '接入概述',
    remedy: { en: 'Answer 405 with Allow: GET, POST.', zh: '返回 405，带上 `Allow: GET, POST`。' },
    async check(probe) {
      const put = await byMethod(probe, 'PUT');
      return put.type === 'broken' ? put : byMethod(probe, 'DELETE');
    },
  },
];
