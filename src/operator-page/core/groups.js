/** Groups dead letters by reason, the most frequent first; within a reason the order stays (newest first). */
export function groupByReason(letters) {
  const groups = new Map();
  for (const letter of letters) groups.set(letter.reason, [...(groups.get(letter.reason) ?? []), letter]);
  return [...groups]
    .map(([reason, members]) => ({ reason, letters: members }))
    .toSorted((a, b) => b.letters.length - a.letters.length);
}
