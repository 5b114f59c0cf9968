/** Compares two texts by lines: `- ` removed, `+ ` added, two blanks before unchanged lines. */
export function lineDiff(before: string, after: string): string[] {
  const [from, to] = [before.split('\n'), after.split('\n')];
  const common = lengthsOfCommon(from, to);
  const lines: string[] = [];
  let [a, b] = [0, 0];
  while (a < from.length || b < to.length) {
    const [left, right] = [from[a], to[b]];
    if (left !== undefined && left === right) {
      lines.push(`  ${left}`);
      a += 1;
      b += 1;
    } else if (right === undefined || (left !== undefined && at(common, a + 1, b) >= at(common, a, b + 1))) {
      lines.push(`- ${left ?? ''}`);
      a += 1;
    } else {
      lines.push(`+ ${right}`);
      b += 1;
    }
  }
  return lines;
}

/** `[a][b]`: length of the longest common subsequence of the rests from `a` and from `b`. */
function lengthsOfCommon(from: readonly string[], to: readonly string[]): number[][] {
  const common: number[][] = Array.from({ length: from.length + 1 }, () => []);
  for (let a = from.length - 1; a >= 0; a -= 1) {
    for (let b = to.length - 1; b >= 0; b -= 1) {
      const longest =
        from[a] === to[b]
          ? at(common, a + 1, b + 1) + 1
          : Math.max(at(common, a + 1, b), at(common, a, b + 1));
      (common[a] ?? [])[b] = longest;
    }
  }
  return common;
}

const at = (common: readonly (readonly number[])[], a: number, b: number): number => common[a]?.[b] ?? 0;
