import { isReply } from './assertions.js';
import { meaning } from './meaning.js';
import type { Probe, ProbeResult } from './probe.js';
import { event, freshWord, type Push } from './pushes.js';
import { broken, holds, notJudged, quoted, type Finding } from './rule.js';

/**
 * All attempts that were answered got the same kind of answer: where one gets a reply, all do. A server may let attempts
 * run out of time on purpose, but not all of them.
 */
export function sameKinds(attempts: readonly ProbeResult[]): Finding {
  const answered = attempts.filter(({ exchange }) => exchange.failure === undefined);
  const [first] = answered;
  const [unanswered] = attempts;
  if (first === undefined)
    return unanswered === undefined
      ? holds
      : broken(unanswered.exchange, { en: 'no attempt was answered', zh: '每次推送都没有应答' });
  const odd = answered.find(({ answer }) => answer.kind !== first.answer.kind);
  return odd === undefined
    ? holds
    : broken(odd.exchange, {
        en: `another attempt of the same push got: ${quoted(textOf(first))}`,
        zh: `同一推送的另一次请求得到的是：${quoted(textOf(first))}`,
      });
}

/** All attempts that were answered got the same reply, as far as the answers can tell. */
export async function sameReplies(
  probe: Probe,
  kind: 'text' | 'click',
  attempts: readonly ProbeResult[],
): Promise<Finding> {
  const replies = attempts.filter(({ answer }) => isReply(answer));
  const [first] = replies;
  if (first === undefined)
    return notJudged({ en: `a ${kind} gets no reply here`, zh: `${WORD_OF[kind]}没有回复` });
  const said = meaning(first.answer, first.exchange);
  const odd = replies.find(({ answer, exchange }) => meaning(answer, exchange) !== said);
  if (odd !== undefined)
    return broken(odd.exchange, {
      en: `another attempt of the same push got: ${quoted(textOf(first))}`,
      zh: `同一推送的另一次请求得到的是：${quoted(textOf(first))}`,
    });
  return (await probe.tellsRuns(kind))
    ? holds
    : notJudged({
        en: `every copy of a ${kind} gets the same text, so a second run cannot be detected: have the reply hold a counter`,
        zh: `每次${WORD_OF[kind]}的回复都一样，看不出有没有重复处理：请让回复带上计数`,
      });
}

const WORD_OF = { text: '文字消息', click: '点击菜单' } as const;

const textOf = ({ exchange: { opened, text: body } }: ProbeResult): string => opened ?? body;

export async function attemptsAtOnce(
  probe: Probe,
  push: Push,
  count: number,
  label: string,
): Promise<ProbeResult[]> {
  const attempts = Array.from({ length: count }, (_, n) =>
    probe.attempt(push, `attempt ${n + 1} of ${label}`),
  );
  return Promise.all(attempts);
}

export async function attemptsInTurn(probe: Probe, push: Push): Promise<ProbeResult[]> {
  const attempts: ProbeResult[] = [];
  for (const count of [1, 2, 3]) attempts.push(await probe.attempt(push, `attempt ${count} of 3 in turn`));
  return attempts;
}

export async function attemptsOfClick(probe: Probe): Promise<ProbeResult[]> {
  const push = event(probe.target, 'CLICK', { EventKey: freshWord() });
  const atOnce = await attemptsAtOnce(probe, push, 2, 'a menu click');
  return [...atOnce, await probe.attempt(push, 'attempt 3 of a menu click')];
}
