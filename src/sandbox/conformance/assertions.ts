import type { Words } from '../../protocol/words.js';
import { accepted, type Answer } from './answer.js';
import type { ProbeResult, Probe } from './probe.js';
import { freshWord, text } from './pushes.js';
import { broken, holds, notJudged, type Finding } from './rule.js';

/** Every one was taken: with a reply where it is a text and texts are answered, else with a reply or with silence. */
export async function everyAccepted(probe: Probe, results: readonly ProbeResult[]): Promise<Finding> {
  const refused = results.find(({ answer }) => !accepted(answer));
  if (refused !== undefined)
    return broken(refused.exchange, { en: 'an honest push was not accepted', zh: '正常的推送没有被接受' });
  const dropped = results.find(({ push, answer }) => push.isText && answer.kind === 'silence');
  if (dropped === undefined || !isReply((await probe.control()).answer)) return holds;
  return broken(dropped.exchange, {
    en: 'a usual text gets a reply, and this one gets none',
    zh: '普通的文字有回复，这一条却没有',
  });
}

/**
 * Holds if no forgery was accepted. A refusal is a status of 400 and above. Status 200 without a reply may be one, too,
 * if a valid push gets a reply. A closed connection may also be a crash.
 */
export async function noneAccepted(probe: Probe, results: readonly ProbeResult[]): Promise<Finding> {
  const answered = results.find(({ answer }) => isReply(answer));
  if (answered !== undefined)
    return broken(answered.exchange, { en: 'it was answered with a reply', zh: '它得到了回复' });
  const hanging = results.find(({ exchange }) => exchange.failure === 'no answer in time');
  if (hanging !== undefined)
    return broken(hanging.exchange, { en: 'a refusal takes no time', zh: '拒绝不应该耗时' });
  const cut = results.find(({ exchange }) => exchange.failure !== undefined);
  if (cut !== undefined) return notJudged(brokeAt(cut));
  const quiet = results.find(({ answer }) => answer.kind === 'silence');
  if (quiet === undefined || isReply((await probe.control()).answer)) return holds;
  return notJudged({
    en: `${quiet.exchange.label} got the answer of a valid push, so it is unknown whether it was accepted: have the server answer texts, or refuse with 403`,
    zh: `“${quiet.exchange.label}”得到的应答和正常推送一样，看不出是否被接受：请让服务器回复文字，或用 403 拒绝`,
  });
}

/** Holds if the server answers in time, in any way, and serves the next valid push. */
export async function survived(probe: Probe, results: readonly ProbeResult[]): Promise<Finding> {
  const slow = results.find(
    ({ exchange: { failure, ms } }) => failure === 'no answer in time' || ms > SWIFT_MS,
  );
  if (slow !== undefined)
    return broken(slow.exchange, {
      en: `it kept the server busy for more than ${SWIFT_MS} ms`,
      zh: `它让服务器忙了 ${SWIFT_MS} 毫秒以上`,
    });
  const next = await probe.push(text(probe.target, freshWord()), 'an honest text after it');
  if (!accepted(next.answer))
    return broken(next.exchange, { en: 'the server did not survive it', zh: '之后服务器不能正常应答' });
  const cut = results.find(({ exchange }) => exchange.failure !== undefined);
  return cut === undefined ? holds : notJudged(brokeAt(cut));
}

const brokeAt = ({ exchange }: ProbeResult): Words => ({
  en: `the connection broke at ${exchange.label}, so nobody can tell whether the server refused it or fell`,
  zh: `“${exchange.label}”的连接断开，看不出是拒绝还是崩溃`,
});

export const SWIFT_MS = 2_000;

export const isReply = ({ kind }: Answer): boolean => kind === 'reply';
