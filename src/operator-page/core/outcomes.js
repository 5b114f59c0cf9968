/** Groups of outcomes that form one series. The first group is at the bottom of the chart. */
export const GROUPS = {
  answered: ['replied', 'silent', 'joined', 'remembered'],
  later: ['deferred', 'adopted', 'held'],
  failed: ['threw', 'unavailable', 'refused'],
};

/** Counts each outcome over all minutes; outcomes that did not occur are absent. */
export function totals(minutes) {
  const sums = {};
  for (const { pushes } of minutes)
    for (const [outcome, count] of Object.entries(pushes)) sums[outcome] = (sums[outcome] ?? 0) + count;
  return sums;
}

/** Counts the outcomes of each group. */
export function groupSums(pushes) {
  const sum = (outcomes) => outcomes.reduce((count, outcome) => count + (pushes[outcome] ?? 0), 0);
  return { answered: sum(GROUPS.answered), later: sum(GROUPS.later), failed: sum(GROUPS.failed) };
}

export function sumOf(pushes) {
  return Object.values(pushes).reduce((sum, count) => sum + count, 0);
}
