/** Counts of all pushes by result. The proof has failed unless `lost` to `order` are zero. */
export interface Ledger {
  /** Pushes. */
  readonly sent: number;
  /** Pushes that WeChat counts as answered. */
  readonly acknowledged: number;
  /** Passive replies that the user saw. */
  readonly replied: number;
  /** Answers that the user saw whole, in time or late. */
  readonly delivered: number;
  /** Answers that waited for the user's next message and came with it. */
  readonly kept: number;
  /** Dead letters. */
  readonly dead: number;
  /** Answers, or parts of them, that neither the user nor a dead letter has. */
  readonly lost: number;
  readonly duplicated: number;
  /** Answers that no handler made. */
  readonly unexpected: number;
  /** Messages that came before what had to come before them. */
  readonly order: number;
}

/** One part of a proof, as it has ended. */
export interface ProofPart {
  readonly name: string;
  readonly ledger?: Ledger;
  readonly figures?: Readonly<Record<string, unknown>>;
  /** The claims that do not hold: none, or the proof has failed. */
  readonly broken: readonly string[];
}

/** The default export of `test/proofs/<name>.proof.ts`, which `npm run prove -- <name>` runs. */
export interface Proof {
  readonly about: string;
  /** Time limit; a longer run is stopped and has failed. */
  readonly limitMinutes: number;
  /** Ends by itself, and leaves nothing running. */
  run(): AsyncIterable<ProofPart>;
}
