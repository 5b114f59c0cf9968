import { freshWord, text, type Push } from './pushes.js';
import type { Rule } from './rule.js';
import type { Target } from './target.js';
import { everyAccepted } from './assertions.js';

export type Case = readonly [label: string, push: Push];

/** A rule that holds if every one of some honest pushes is accepted. */
export function acceptsRule(
  rule: Omit<Rule, 'group' | 'check'>,
  cases: (target: Target) => readonly Case[],
): Rule {
  return {
    ...rule,
    group: 'bodies',
    async check(probe) {
      const results = cases(probe.target).map(([label, push]) => probe.push(push, label));
      return everyAccepted(await Promise.all(results));
    },
  };
}

/** A text whose XML is laid out differently. */
export const reformatted = (target: Target, label: string, change: (xml: string) => string): Case => {
  const push = text(target, freshWord());
  return [label, { ...push, xml: change(push.xml) }];
};
