import { accepted, leaf } from './answer.js';
import { everyAccepted, isReply, noneAccepted } from './assertions.js';
import { forgeRequest, withParameters, type Query } from './forge-request.js';
import type { Probe } from './probe.js';
import { freshUser, freshWord, text, type Push } from './pushes.js';
import { broken, holds, notJudged, type Rule } from './rule.js';

const source = '接入概述, 消息真实性; 消息加解密说明, 消息体验证';

/** Rules about openid, timestamp and unknown parameters beside the signature. */
export const queryRules: readonly Rule[] = [
  {
    id: 'push-openid-optional',
    group: 'signature',
    level: 'must',
    turn: 'alone',
    title: {
      en: 'A push may come without openid, and with unknown parameters',
      zh: '推送可以没有 openid，也可以带有未知参数',
    },
    says: {
      en: 'openid stands beside most pushes, not all; a URL may have a query of its own.',
      zh: '多数推送带有 openid，但不是全部；URL 自己也可能带参数。',
    },
    source,
    remedy: {
      en: 'Ask the query for what the signature needs, and for nothing else.',
      zh: '只从 URL 参数里取验证签名所需的值，其余的不看。',
    },
    async check(probe) {
      const push = text(probe.target, freshWord());
      return everyAccepted(probe, [
        await asked(probe, push, 'a text without openid', (query) =>
          withParameters(query, { openid: undefined }),
        ),
        await probe.push(push, 'the same text with openid'),
        await asked(probe, text(probe.target, freshWord()), 'a text with two unknown parameters', (query) => [
          ['conformance', '1'],
          ...query,
          ['new', 'x'],
        ]),
      ]);
    },
  },
  {
    id: 'openid-not-believed',
    group: 'signature',
    level: 'must',
    turn: 'alone',
    title: {
      en: 'The sender is FromUserName, whatever openid says',
      zh: '发送者以 FromUserName 为准，不看 openid',
    },
    says: {
      en: 'No signature covers openid; the sender of a message is its FromUserName.',
      zh: '签名不覆盖 openid；消息的发送者是 FromUserName。',
    },
    source,
    remedy: {
      en: 'Read the sender from the body, never from the query.',
      zh: '发送者从消息体读取，不要从 URL 参数读取。',
    },
    async check(probe) {
      const [push, stranger] = [text(probe.target, freshWord()), freshUser()];
      const { exchange, answer } = await asked(
        probe,
        push,
        'a text with the openid of another user',
        (query) => withParameters(query, { openid: stranger }),
      );
      if (leaf(answer.fields?.['ToUserName']) === stranger)
        return broken(exchange, {
          en: 'the reply goes to the openid of the query',
          zh: '回复发给了 URL 参数里的 openid',
        });
      return isReply(answer) || answer.kind === 'status'
        ? holds
        : notJudged({
            en: 'no reply came that could tell which of the two was read',
            zh: '没有回复，看不出读的是两者中的哪一个',
          });
    },
  },
  {
    id: 'timestamps-after-2038',
    group: 'signature',
    level: 'should',
    turn: 'alone',
    title: { en: 'Timestamps beyond 2^31 are accepted', zh: '超过 2^31 的时间戳照常处理' },
    says: {
      en: 'A timestamp is a number of seconds; in January 2038 it passes 2^31.',
      zh: '时间戳以秒计，2038 年 1 月会超过 2^31。',
    },
    source,
    remedy: { en: 'Keep timestamps as text or as 64-bit numbers.', zh: '时间戳用字符串或 64 位整数保存。' },
    async check(probe) {
      const push = text(probe.target, freshWord(), { CreateTime: AFTER_2038_S });
      const finding = await everyAccepted(probe, [await probe.push(push, 'a text that was written in 2039')]);
      if (finding.type !== 'holds') return finding;
      const [late, old] = [text(probe.target, freshWord()), text(probe.target, freshWord())];
      const results = await probe.pushAs(late, 'a text that was signed in 2039', () =>
        forgeRequest(late.xml, probe.target, { timestamp: String(AFTER_2038_S) }),
      );
      const window = await probe.attempt(old, 'a text that was signed in 2001', { timestamp: '1000000000' });
      return accepted(window.answer) ? everyAccepted(probe, [results]) : holds; // it refuses by its clock
    },
  },
  {
    id: 'push-stale-timestamp',
    group: 'signature',
    level: 'advice',
    turn: 'alone',
    title: { en: 'A push from yesterday is refused', zh: '昨天的推送不予接受' },
    says: {
      en: 'The platform names no window; the signature alone does not keep anyone from sending a captured request again.',
      zh: '平台没有规定有效时间；仅凭签名，挡不住截获之后的重发。',
    },
    source,
    remedy: {
      en: 'Refuse a timestamp that is more than some minutes from the clock.',
      zh: '时间戳与本机时钟相差几分钟以上就拒绝。',
    },
    async check(probe) {
      const timestamp = String(Math.floor(Date.now() / 1000) - 86_400);
      const push = text(probe.target, freshWord());
      return noneAccepted(probe, [await probe.attempt(push, 'a text signed yesterday', { timestamp })]);
    },
  },
];

/** A second of the year 2039. */
const AFTER_2038_S = 2_180_000_000;

/** Sends a valid push with another query. */
const asked = (probe: Probe, push: Push, label: string, change: (query: Query) => Query) =>
  probe.pushAs(push, label, () => {
    const { query, body } = forgeRequest(push.xml, probe.target);
    return { body, query: change(query) };
  });
