/**
 * Holds a figure for each set of labels, found label by label: `tree.at(account).at(outcome).figure`. Nothing is joined
 * or hashed, since this happens several times for each push.
 */
export class LabelTree<Figure> {
  readonly #make: () => Figure;
  readonly #branches = new Map<string, LabelTree<Figure>>();
  #figure: Figure | undefined;

  /** @param make  creates the figure of a new set of labels */
  constructor(make: () => Figure) {
    this.#make = make;
  }

  at(label: string): LabelTree<Figure> {
    let branch = this.#branches.get(label);
    if (branch === undefined) {
      branch = new LabelTree(this.#make);
      this.#branches.set(label, branch);
    }
    return branch;
  }

  get figure(): Figure {
    return (this.#figure ??= this.#make());
  }

  /** Yields all figures with their labels. */
  *entries(labels: readonly string[] = []): Generator<[labels: readonly string[], figure: Figure]> {
    if (this.#figure !== undefined) yield [labels, this.#figure];
    for (const [label, branch] of this.#branches) yield* branch.entries([...labels, label]);
  }
}
