import { accepted, type Answer } from './answer.js';
import type { ProbeResult, Probe } from './probe.js';
import { text } from './pushes.js';
import { broken, holds, notJudged, type Finding } from './rule.js';

/** Every one was taken, with a reply or with silence. */
export function everyAccepted(results: readonly ProbeResult[]): Finding {
  const refused = results.find(({ answer }) => !accepted(answer));
  return refused === undefined ? holds : broken(refused.exchange, 'an honest push was not accepted');
}

/**
 * None was believed. A refusal is a status of 400 and above, or a closed connection. Status 200 without a reply may be
 * one, too: it is where an honest push gets a reply.
 */
export async function noneBelieved(probe: Probe, results: readonly ProbeResult[]): Promise<Finding> {
  const believed = results.find(({ answer }) => isReply(answer));
  if (believed !== undefined) return broken(believed.exchange, 'it was answered with a reply');
  const hanging = results.find(({ exchange }) => exchange.failure === 'no answer in time');
  if (hanging !== undefined) return broken(hanging.exchange, 'a refusal takes no time');
  const quiet = results.find(({ answer }) => answer.kind === 'silence');
  if (quiet === undefined || isReply((await probe.control()).answer)) return holds;
  return notJudged(
    `${quiet.exchange.label} heard what an honest push hears, so nobody can tell whether it was believed: have the server answer texts, or refuse with 403`,
  );
}

/** Survived: an answer in good time that no stranger takes for a page, and the next honest push is served. */
export async function survived(probe: Probe, results: readonly ProbeResult[]): Promise<Finding> {
  for (const { exchange, answer } of results) {
    if (exchange.failure === 'no answer in time' || exchange.ms > SWIFT_MS)
      return broken(exchange, `it kept the server busy for more than ${SWIFT_MS} ms`);
    if (answer.kind === 'other')
      return broken(exchange, 'WeChat shows the user a failure for such an answer');
    if (isReply(answer)) return broken(exchange, 'it was answered as if it were readable');
  }
  const next = await probe.push(text(probe.target, 'still there?'), 'an honest text after it');
  return accepted(next.answer) ? holds : broken(next.exchange, 'the server did not survive it');
}

export const SWIFT_MS = 2_000;

export const isReply = ({ kind }: Answer): boolean => kind === 'reply';
