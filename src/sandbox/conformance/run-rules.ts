import { AppError } from '../../protocol/app-error.js';
import { createProbe, type Probe } from './probe.js';
import { applies, notJudged, type Finding, type Rule } from './rule.js';
import type { Target } from './target.js';

/** One rule, and what was found. */
export interface Judged {
  readonly rule: Rule;
  readonly finding: Finding;
  readonly ms: number;
}

/** What a run found out, in the order of the rules. */
export interface Report {
  readonly target: Target;
  readonly judged: readonly Judged[];
  readonly ms: number;
  /** The time was over before every rule was judged. */
  readonly cutShort: boolean;
}

/** Nobody listens at the URL, so there is nothing to judge. */
export class TargetUnreachable extends AppError {
  readonly code = 'target_unreachable';
}

/** How many rules are checked at the same time. */
const AT_ONCE = 4;

/**
 * Checks the rules that apply to the target's mode, a few at a time, within the target's budget.
 *
 * @throws TargetUnreachable
 *
 * @param onJudged  called as each rule is done, with how many are done and how many there are
 */
export async function runRules(
  rules: readonly Rule[],
  target: Target,
  onJudged: (done: number, all: number) => void = () => {},
): Promise<Report> {
  const startMs = performance.now();
  const probe = createProbe(target);
  await assertConnection(probe);
  const chosen = rules.filter((rule) => applies(rule, target.mode));
  const judged: Judged[] = chosen.map((rule) => ({ rule, finding: OUT_OF_TIME, ms: 0 }));
  let [next, done, cutShort] = [0, 0, false];

  async function work(): Promise<void> {
    for (let rule = chosen[next]; rule !== undefined; rule = chosen[next]) {
      const at = next;
      next += 1;
      const ruleStartMs = performance.now();
      let finding: Finding | undefined = probe.isOver() ? undefined : await rule.check(probe);
      // What was on its way when the time ran out says nothing about the server.
      if (probe.isOver() && finding?.type !== 'holds') finding = undefined;
      cutShort ||= finding === undefined;
      judged[at] = { rule, finding: finding ?? OUT_OF_TIME, ms: Math.round(performance.now() - ruleStartMs) };
      onJudged((done += 1), chosen.length);
    }
  }

  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { target, judged, ms: Math.round(performance.now() - startMs), cutShort };
}

async function assertConnection(probe: Probe): Promise<void> {
  const { exchange } = await probe.control();
  if (exchange.failure !== 'no connection') return;
  const { origin, pathname } = probe.target.url;
  throw new TargetUnreachable(
    `No connection to ${origin}${pathname} (${exchange.errorCode}): is the server running, and is the URL right?`,
  );
}

const OUT_OF_TIME = notJudged('the time for the whole run was over');

/** Every rule that must hold does, as far as the answers tell, and none was left for want of time. */
export const conforms = ({ judged, cutShort }: Report): boolean =>
  !cutShort && judged.every(({ rule, finding }) => rule.level !== 'must' || finding.type !== 'broken');
