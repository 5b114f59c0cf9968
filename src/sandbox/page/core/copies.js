/**
 * Sums up a push that was sent several times at once: how many there are, how many have an answer, and how many different
 * answers came. `undefined`: it was sent once.
 */
export function sumUpCopies(exchanges, push) {
  const first = push.copyOf ?? push.id;
  const all = exchanges.filter(({ id, copyOf }) => id === first || copyOf === first);
  if (all.length < 2) return undefined;
  const answers = all.flatMap(({ verdict }) => (verdict === undefined ? [] : [essence(verdict)]));
  return { sent: all.length, answered: answers.length, different: new Set(answers).size };
}

const essence = ({ outcome, cause, reply }) => JSON.stringify([outcome, cause, reply]);
