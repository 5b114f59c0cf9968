import { leaf } from './answer.js';
import { attemptsAtOnce, attemptsInTurn, attemptsOfClick, sameKinds, sameReplies } from './attempts.js';
import { forgeRequest } from './forge-request.js';
import type { ProbeResult, Probe } from './probe.js';
import { meaning } from './meaning.js';
import { event, freshMsgId, freshUser, freshWord, text } from './pushes.js';
import { broken, holds, notJudged, type Finding, type Rule } from './rule.js';
import { isReply } from './assertions.js';

const source = '接收普通消息, 关于重试的消息排重';

const isAbout = ({ answer }: ProbeResult, word: string): boolean =>
  JSON.stringify(answer.fields ?? '').includes(word);

/** Holds if the second of two similar pushes gets its own answer, although a careless dedup key confuses them. */
function ownAnswers(first: ProbeResult, firstWord: string, second: ProbeResult): Finding {
  if (!isReply(first.answer))
    return notJudged({
      en: 'the first of the two pushes got no reply, so nothing can be compared',
      zh: '两个推送中的第一个没有回复，无从比较',
    });
  if (!isReply(second.answer))
    return broken(second.exchange, {
      en: 'it was taken for an attempt of the push before it',
      zh: '它被当成了前一个推送的重试',
    });
  if (leaf(second.answer.fields?.['ToUserName']) !== second.push.user)
    return broken(second.exchange, {
      en: 'it got the answer to another user',
      zh: '它得到的是给另一个用户的回复',
    });
  if (isAbout(second, firstWord))
    return broken(second.exchange, {
      en: 'it got the answer to another push',
      zh: '它得到的是另一个推送的回复',
    });
  const tells = meaning(first.answer, first.exchange) !== meaning(second.answer, second.exchange);
  return tells
    ? holds
    : notJudged({
        en: 'both pushes get the same text, so it is unknown whose answer it was',
        zh: '两个推送的回复内容相同，看不出是哪一个的',
      });
}

export const retryRules: readonly Rule[] = [
  {
    id: 'retry-at-once-same-answer',
    group: 'retries',
    level: 'must',
    title: {
      en: 'If one of three simultaneous attempts gets a reply, all do',
      zh: '同时到来的三次请求，只要一次有回复，每次都要有',
    },
    says: {
      en: 'A push that is not answered within five seconds comes again while the first attempt may still run; the answer to any of them is shown.',
      zh: '五秒内没有应答的推送会重试，这时首次推送可能还在处理；回答其中任何一次，用户都能看到。',
    },
    source,
    remedy: {
      en: 'Mark a push when it arrives, and let later attempts wait for the result of the first. `success` to the second attempt takes the reply away from the user.',
      zh: '推送一到就登记，后来的重试等待首次推送的结果。第二次推送返回 `success`，用户就收不到回复了。',
    },
    check: async (probe) =>
      sameKinds(await attemptsAtOnce(probe, text(probe.target, freshWord()), 3, 'a text, at once')),
  },
  {
    id: 'retry-in-turn-same-answer',
    group: 'retries',
    level: 'must',
    title: {
      en: 'If one of three consecutive attempts gets a reply, all do',
      zh: '依次到来的三次请求，只要一次有回复，每次都要有',
    },
    says: {
      en: 'Attempts of one push have the same MsgId. One more comes where the answer before it was lost on its way.',
      zh: '同一推送的重试 MsgId 相同。应答在途中丢失时，微信会再推一次。',
    },
    source,
    remedy: {
      en: 'Keep the answer for a minute at least, and give it again.',
      zh: '应答至少保留一分钟，再来时原样返回。',
    },
    check: async (probe) => sameKinds(await attemptsInTurn(probe, text(probe.target, freshWord()))),
  },
  {
    id: 'retry-of-event-same-answer',
    group: 'retries',
    level: 'must',
    title: {
      en: 'If one attempt of an event gets a reply, all do',
      zh: '同一事件的各次请求，只要一次有回复，每次都要有',
    },
    says: {
      en: 'Events have no MsgId; sender and CreateTime tell that they are the same.',
      zh: '事件没有 MsgId，按发送者和 CreateTime 判断是否同一个。',
    },
    source: '接收事件推送',
    remedy: {
      en: 'Build a key for events, too, and keep the answer under it.',
      zh: '事件也要有排重的键，用它保存应答。',
    },
    check: async (probe) => sameKinds(await attemptsOfClick(probe)),
  },
  {
    id: 'attempts-run-once',
    group: 'retries',
    level: 'should',
    title: {
      en: 'All attempts of a text get the same answer',
      zh: '同一条文字的各次请求得到同一个回复',
    },
    says: {
      en: 'Attempts of one push have the same MsgId, by which they are to be told and to count once.',
      zh: '同一推送的重试 MsgId 相同，应据此排重，只算一次。',
    },
    source,
    remedy: {
      en: 'Run the handler once, and give its answer to every attempt.',
      zh: '只处理一次，每次重试返回同样的结果。',
    },
    async check(probe) {
      const push = text(probe.target, freshWord());
      const atOnce = await attemptsAtOnce(probe, push, 3, 'a text, at once');
      const finding = await sameReplies(probe, 'text', atOnce);
      if (finding.type !== 'holds') return finding;
      return sameReplies(probe, 'text', await attemptsInTurn(probe, text(probe.target, freshWord())));
    },
  },
  {
    id: 'attempts-of-event-run-once',
    group: 'retries',
    level: 'should',
    title: {
      en: 'All attempts of an event get the same answer',
      zh: '同一事件的各次请求得到同一个回复',
    },
    says: {
      en: 'Events have no MsgId; sender and CreateTime tell that they are the same.',
      zh: '事件没有 MsgId，按发送者和 CreateTime 判断是否同一个。',
    },
    source: '接收事件推送',
    remedy: {
      en: 'Build a key for events, too, and keep the answer under it.',
      zh: '事件也要有排重的键，用它保存应答。',
    },
    check: async (probe) => sameReplies(probe, 'click', await attemptsOfClick(probe)),
  },
  {
    id: 'retry-byte-for-byte',
    group: 'retries',
    level: 'must',
    title: {
      en: 'An attempt that repeats query and body byte for byte is answered like the first',
      zh: '查询参数和内容逐字节相同的重试，应答与第一次一样',
    },
    says: { en: 'No page says whether an attempt is signed afresh.', zh: '文档没有说明重试时是否重新签名。' },
    source,
    remedy: {
      en: 'Let a guard against replays treat a repeated nonce with the same push as an attempt, not as an attack.',
      zh: '做防重放时，同一推送带着相同的 nonce 再来，应视为重试，不是攻击。',
    },
    async check(probe) {
      const push = text(probe.target, freshWord());
      const signed = forgeRequest(push.xml, probe.target);
      const first = await probe.send(push, signed, 'a text');
      return sameKinds([first, await probe.pushAs(push, 'the very same request again', () => signed)]);
    },
  },
  {
    id: 'same-msgid-two-users',
    group: 'retries',
    level: 'must',
    title: {
      en: 'Two users whose messages share a MsgId are both answered',
      zh: '两个用户的消息 MsgId 相同，都要回复',
    },
    says: {
      en: 'A MsgId has been seen for several users at once, so it is not a key without its sender.',
      zh: '同一个 MsgId 出现在几个用户的消息里，曾有先例，所以不能单独用它排重。',
    },
    source,
    remedy: {
      en: 'Put FromUserName and CreateTime beside MsgId into the key.',
      zh: '排重的键除 MsgId 外，再加上 FromUserName 和 CreateTime。',
    },
    async check(probe) {
      const [word, MsgId] = [freshWord(), freshMsgId()];
      const first = await probe.push(text(probe.target, word, { MsgId }), 'a text of one user');
      const again = text(probe.target, freshWord(), { MsgId });
      return ownAnswers(first, word, await probe.push(again, 'a text of another user with the same MsgId'));
    },
  },
  {
    id: 'msgid-all-digits',
    group: 'retries',
    level: 'must',
    title: {
      en: 'Two MsgIds that differ in their last digit are two messages',
      zh: 'MsgId 只差最后一位，就是两条消息',
    },
    says: {
      en: 'MsgId is a 64-bit integer, beyond what a double holds.',
      zh: 'MsgId 是 64 位整数，超出双精度浮点数的范围。',
    },
    source,
    remedy: { en: 'Keep MsgId as text, or as a big integer.', zh: '把 MsgId 当作字符串，或用大整数保存。' },
    async check(probe) {
      const word = freshWord();
      const shared = { FromUserName: freshUser(), CreateTime: Math.floor(Date.now() / 1000) };
      const [id, twin] = twins(freshMsgId());
      const first = await probe.push(
        text(probe.target, word, { ...shared, MsgId: id }),
        `a text with MsgId ${id}`,
      );
      const again = text(probe.target, freshWord(), { ...shared, MsgId: twin });
      return ownAnswers(first, word, await probe.push(again, `a text with MsgId ${twin}`));
    },
  },
  {
    id: 'two-events-one-second',
    group: 'retries',
    level: 'must',
    title: {
      en: 'Two events of one user in one second are both answered',
      zh: '同一用户同一秒的两个事件都要回复',
    },
    says: {
      en: 'An automatic LOCATION event shares its second with whatever the user does.',
      zh: '自动上报的 LOCATION 事件，可能和用户的操作在同一秒。',
    },
    source: '接收事件推送',
    remedy: {
      en: 'Put Event and EventKey beside sender and CreateTime into the key.',
      zh: '排重的键除发送者和 CreateTime 外，再加上 Event 和 EventKey。',
    },
    check: twoEvents,
  },
];

/** Returns two ids of 18 digits, one apart, that are equal as doubles. */
function twins(base: string): readonly [string, string] {
  const even = [0, 2, 4, 6, 8].find((last) => Number(`${base}${last}`) === Number(`${base}${last + 1}`)) ?? 0;
  return [`${base}${even}`, `${base}${even + 1}`];
}

async function twoEvents(probe: Probe): Promise<Finding> {
  const { target } = probe;
  const shared = { FromUserName: freshUser(), CreateTime: Math.floor(Date.now() / 1000) };
  const lone = await probe.push(event(target, 'CLICK', { EventKey: freshWord() }), 'a menu click');
  if (!isReply(lone.answer))
    return notJudged({ en: 'a menu click gets no reply here', zh: '点击菜单没有回复' });
  const place = { Latitude: '23.1', Longitude: '113.3', Precision: '119.3' };
  await probe.push(event(target, 'LOCATION', { ...shared, ...place }), 'a reported location');
  const word = freshWord();
  const click = (key: string) => event(target, 'CLICK', { ...shared, EventKey: key });
  const first = await probe.push(click(word), 'a menu click in the second of a LOCATION event');
  if (!isReply(first.answer))
    return broken(first.exchange, {
      en: 'it was taken for an attempt of the event before it',
      zh: '它被当成了前一个事件的重试',
    });
  return ownAnswers(
    first,
    word,
    await probe.push(click(freshWord()), 'another menu click in the same second'),
  );
}
