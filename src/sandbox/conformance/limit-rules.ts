import { forgeRequest } from './forge-request.js';
import type { Probe } from './probe.js';
import { freshWord, text } from './pushes.js';
import { broken, holds, type Finding, type Rule } from './rule.js';
import { everyAccepted, isReply } from './assertions.js';

const TOO_LARGE_BYTES = 2 * 1024 * 1024;

/** Sends a text by another method. */
async function byMethod(probe: Probe, method: string): Promise<Finding> {
  const push = text(probe.target, freshWord());
  const label = `a text by ${method}`;
  const { exchange, answer } = await probe.send(push, forgeRequest(push.xml, probe.target), label, {
    method,
  });
  if (exchange.failure === undefined && exchange.status === 405) return holds;
  return broken(exchange, isReply(answer) ? 'it was answered like a push' : 'status 405 was expected');
}

export const limitRules: readonly Rule[] = [
  {
    id: 'answers-in-time',
    group: 'limits',
    level: 'must',
    title: 'Every push is answered within five seconds',
    says: 'After five seconds WeChat drops the connection and sends the push again.',
    source: '接收普通消息, 关于重试的消息排重',
    remedy:
      'Answer `success` before the time is up, and send the answer as a customer-service message later.',
    async check(probe) {
      const late = (await probe.sample()).find(({ exchange }) => exchange.failure !== undefined);
      return late === undefined
        ? holds
        : broken(late.exchange, 'the user sees a failure, and the push comes again');
    },
  },
  {
    id: 'burst-served',
    group: 'limits',
    level: 'must',
    title: 'Forty texts at once are all answered in time',
    says: 'The five seconds hold for every push, whatever else is going on.',
    source: '报警排查指引, 请求超时',
    remedy: 'Do not serve pushes one after the other.',
    async check(probe) {
      const burst = Array.from({ length: 40 }, (_, n) =>
        probe.push(text(probe.target, freshWord()), `text ${n + 1} of 40 at once`),
      );
      return everyAccepted(await Promise.all(burst));
    },
  },
  {
    id: 'large-body-refused',
    group: 'limits',
    level: 'should',
    title: 'A body of 2 MB is refused',
    says: 'Pushes are some kilobytes long.',
    source: '接收普通消息',
    remedy: 'Stop reading at 1 MB, and answer 413.',
    async check(probe) {
      const push = text(probe.target, freshWord());
      const signed = forgeRequest(push.xml, probe.target);
      const body = Buffer.alloc(TOO_LARGE_BYTES, 'x');
      const honestEnd = Buffer.from(signed.body);
      body.set(honestEnd);
      const { exchange } = await probe.send(push, signed, 'a body of 2 MB', { body });
      if (exchange.failure === 'no answer in time')
        return broken(exchange, 'it was neither refused nor answered');
      if (exchange.status === 200) return broken(exchange, 'it was accepted');
      return everyAccepted([await probe.push(text(probe.target, freshWord()), 'an honest text after it')]);
    },
  },
  {
    id: 'put-refused',
    group: 'limits',
    level: 'advice',
    title: 'PUT and DELETE are answered 405',
    says: 'WeChat sends GET and POST only.',
    source: '接入概述',
    remedy: 'Answer 405 with Allow: GET, POST.',
    async check(probe) {
      const put = await byMethod(probe, 'PUT');
      return put.type === 'broken' ? put : byMethod(probe, 'DELETE');
    },
  },
  {
    id: 'head-refused',
    group: 'limits',
    level: 'advice',
    title: 'HEAD is answered 405',
    says: 'WeChat sends GET and POST only.',
    source: '接入概述',
    remedy: 'Answer 405 with Allow: GET, POST.',
    check: (probe) => byMethod(probe, 'HEAD'),
  },
];
