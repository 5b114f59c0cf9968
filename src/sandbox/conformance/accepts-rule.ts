import { freshWord, text, type Case } from './pushes.js';
import type { Rule } from './rule.js';
import type { Target } from './target.js';
import { everyAccepted } from './assertions.js';

/** Creates a rule that holds if every one of some valid pushes is accepted. */
export function acceptsRule(
  rule: Omit<Rule, 'group' | 'check'>,
  cases: (target: Target) => readonly Case[],
): Rule {
  return {
    turn: 'alone',
    ...rule,
    group: 'bodies',
    check: async (probe) => everyAccepted(probe, await probe.pushAll(cases(probe.target))),
  };
}

/** Builds a text push with another layout of its XML. */
export const reformatted = (target: Target, label: string, change: (xml: string) => string): Case => {
  const push = text(target, freshWord());
  return [label, { ...push, xml: change(push.xml) }];
};
