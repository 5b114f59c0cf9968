import type { Words } from '../../protocol/words.js';
import type { Finding, Level, Rule } from './rule.js';
import type { Target } from './target.js';

/** One rule, and what was found. */
export interface Judged {
  readonly rule: Rule;
  readonly finding: Finding;
  readonly ms: number;
}

/** The reason why a run ended before every rule was judged. */
export interface Stop {
  readonly type:
    | 'unreachable' //  nobody listens
    | 'refused' //      an honest text is refused
    | 'died' //         the server answered until it was sent something
    | 'time-over';
  /** One sentence, with the next step. */
  readonly because: Words;
}

/** Findings of a run, in the order of the rules. */
export interface Report {
  readonly target: Target;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly judged: readonly Judged[];
  readonly ms: number;
  /** Absent: every rule was judged, as far as the answers allow. */
  readonly stop?: Stop;
}

/** Every rule that must hold does, as far as the answers tell, and the run went to its end. */
export const conforms = ({ judged, stop }: Report): boolean =>
  stop === undefined &&
  judged.every(({ rule, finding }) => rule.level !== 'must' || finding.type !== 'broken');

/** Numbers of rules that hold, are broken (by level) and were not judged. */
export interface Counts {
  readonly holds: number;
  readonly broken: Readonly<Record<Level, number>>;
  readonly notJudged: number;
}

export function countsOf(judged: readonly Judged[]): Counts {
  const count = (type: Finding['type'], level?: Level) =>
    judged.filter(({ rule, finding }) => finding.type === type && (level ?? rule.level) === rule.level)
      .length;
  return {
    holds: count('holds'),
    broken: {
      must: count('broken', 'must'),
      should: count('broken', 'should'),
      advice: count('broken', 'advice'),
    },
    notJudged: count('not-judged'),
  };
}
