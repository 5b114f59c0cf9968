/** Returns the edit distance of two texts (changes, insertions, removals, swaps of neighbours); at most `limit + 1`. */
export function editDistance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let steps = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        steps = Math.min(steps, at(beforePrevious, column - 2) + 1);
      }
      current.push(steps);
    }
    // No later row has a smaller value than the two before it.
    if (Math.min(...current) > limit && Math.min(...previous) > limit) return limit + 1;
    beforePrevious = previous;
    previous = current;
  }
  return Math.min(at(previous, b.length), limit + 1);
}

/** Returns the candidate with the fewest edits, at most `maxDistance`; ignores case. */
export function suggestName(
  name: string,
  candidates: Iterable<string>,
  maxDistance: number,
): string | undefined {
  let nearest: string | undefined;
  let fewest = maxDistance + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), maxDistance);
    if (distance < fewest) [nearest, fewest] = [candidate, distance];
  }
  return nearest;
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity;
