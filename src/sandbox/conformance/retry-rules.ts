import { leaf, type Answer } from './answer.js';
import { forgeRequest } from './forge-request.js';
import type { ProbeResult, Probe } from './probe.js';
import { event, freshMsgId, freshUser, freshWord, text } from './pushes.js';
import { broken, holds, notJudged, type Finding, type Rule } from './rule.js';
import { isReply } from './assertions.js';

const source = '接收普通消息, 关于重试的消息排重';

/** What a try says to the user. CreateTime may differ: the same words written again are the same answer. */
function meaning({ kind, fields }: Answer, { status }: ProbeResult['exchange']): string {
  if (fields !== undefined) return JSON.stringify({ ...fields, CreateTime: '' });
  return kind === 'status' ? `status ${status ?? 0}` : kind;
}

/** All tries that were answered said the same. A server may let tries run out of time on purpose, but not all of them. */
function sameAnswers(tries: readonly ProbeResult[]): Finding {
  const answered = tries.filter(({ exchange }) => exchange.failure === undefined);
  const [first] = answered;
  if (first === undefined) {
    const [unanswered] = tries;
    return unanswered === undefined ? holds : broken(unanswered.exchange, 'no try was answered');
  }
  const said = meaning(first.answer, first.exchange);
  const odd = answered.find(({ answer, exchange }) => meaning(answer, exchange) !== said);
  return odd === undefined
    ? holds
    : broken(
        odd.exchange,
        `another try of the same push heard: ${(first.exchange.opened ?? first.exchange.text).slice(0, 300) || '(nothing)'}`,
      );
}

const isAbout = ({ answer }: ProbeResult, word: string): boolean =>
  JSON.stringify(answer.fields ?? '').includes(word);

/** Two pushes that a careless key takes for one: the second must be answered for itself. */
function ownAnswers(first: ProbeResult, firstWord: string, second: ProbeResult): Finding {
  if (!isReply(first.answer))
    return notJudged('the first of the two pushes got no reply, so nothing can be compared');
  if (!isReply(second.answer)) return broken(second.exchange, 'it was taken for a try of the push before it');
  if (leaf(second.answer.fields?.['ToUserName']) !== second.push.user)
    return broken(second.exchange, 'it heard the answer to another user');
  return isAbout(second, firstWord) ? broken(second.exchange, 'it heard the answer to another push') : holds;
}

export const retryRules: readonly Rule[] = [
  {
    id: 'retry-at-once-same-answer',
    group: 'retries',
    level: 'must',
    title: 'Three tries of a push at the same time hear the same answer',
    says: 'A try that is not answered within five seconds is repeated while the first may still run; the answer to any of them is shown.',
    source,
    remedy:
      'Mark a push when it arrives, and let later tries wait for the result of the first. `success` to the second try takes the reply away from the user.',
    async check(probe) {
      const push = text(probe.target, freshWord());
      const tries = [1, 2, 3].map((count) => probe.push(push, `try ${count} of 3 at once`));
      return sameAnswers(await Promise.all(tries));
    },
  },
  {
    id: 'retry-in-turn-same-answer',
    group: 'retries',
    level: 'must',
    title: 'Three tries of a push in turn hear the same answer',
    says: 'Tries of one push have the same MsgId, and count once. A try comes where the answer before it was lost on its way.',
    source,
    remedy: 'Keep the answer for a minute at least, and give it again.',
    async check(probe) {
      const push = text(probe.target, freshWord());
      const tries: ProbeResult[] = [];
      for (const count of [1, 2, 3]) tries.push(await probe.push(push, `try ${count} of 3 in turn`));
      return sameAnswers(tries);
    },
  },
  {
    id: 'retry-of-event-same-answer',
    group: 'retries',
    level: 'must',
    title: 'Tries of an event hear the same answer',
    says: 'Events have no MsgId; sender and CreateTime tell that they are the same.',
    source: '接收事件推送',
    remedy: 'Build a key for events, too, and keep the answer under it.',
    async check(probe) {
      const push = event(probe.target, 'CLICK', { EventKey: freshWord() });
      const atOnce = [1, 2].map((count) => probe.push(push, `try ${count} of a menu click`));
      return sameAnswers([...(await Promise.all(atOnce)), await probe.push(push, 'try 3 of a menu click')]);
    },
  },
  {
    id: 'retry-byte-for-byte',
    group: 'retries',
    level: 'must',
    title: 'A try that repeats query and body byte for byte hears the same answer',
    says: 'No page says whether a try is signed afresh.',
    source,
    remedy:
      'Let a guard against replays treat a repeated nonce with the same push as a try, not as an attack.',
    async check(probe) {
      const push = text(probe.target, freshWord());
      const signed = forgeRequest(push.xml, probe.target);
      const first = await probe.send(push, signed, 'a text');
      return sameAnswers([first, await probe.send(push, signed, 'the very same request again')]);
    },
  },
  {
    id: 'same-msgid-two-users',
    group: 'retries',
    level: 'must',
    title: 'Two users whose messages share a MsgId are both answered',
    says: 'A MsgId has been seen for several users at once, so it is no key without its sender.',
    source,
    remedy: 'Put FromUserName and CreateTime beside MsgId into the key.',
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
    title: 'Two MsgIds that differ in their last digit are two messages',
    says: 'MsgId is a 64-bit integer, beyond what a double holds.',
    source,
    remedy: 'Keep MsgId as text, or as a big integer.',
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
    title: 'Two events of one user in one second are both answered',
    says: 'An automatic LOCATION event shares its second with whatever the user does.',
    source: '接收事件推送',
    remedy: 'Put Event and EventKey beside sender and CreateTime into the key.',
    check: twoEvents,
  },
];

/** Two ids of 18 digits, one apart, that are one and the same as a double. */
function twins(base: string): readonly [string, string] {
  const even = [0, 2, 4, 6, 8].find((last) => Number(`${base}${last}`) === Number(`${base}${last + 1}`)) ?? 0;
  return [`${base}${even}`, `${base}${even + 1}`];
}

async function twoEvents(probe: Probe): Promise<Finding> {
  const { target } = probe;
  const shared = { FromUserName: freshUser(), CreateTime: Math.floor(Date.now() / 1000) };
  const lone = await probe.push(event(target, 'CLICK', { EventKey: freshWord() }), 'a menu click');
  if (!isReply(lone.answer)) return notJudged('a menu click gets no reply here');
  const place = { Latitude: '23.1', Longitude: '113.3', Precision: '119.3' };
  await probe.push(event(target, 'LOCATION', { ...shared, ...place }), 'a reported location');
  const word = freshWord();
  const click = (key: string) => event(target, 'CLICK', { ...shared, EventKey: key });
  const first = await probe.push(click(word), 'a menu click in the second of a LOCATION event');
  if (!isReply(first.answer)) return broken(first.exchange, 'it was taken for a try of the event before it');
  return ownAnswers(
    first,
    word,
    await probe.push(click(freshWord()), 'another menu click in the same second'),
  );
}
