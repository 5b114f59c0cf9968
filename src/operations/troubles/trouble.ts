/** Where a trouble came from. */
export type TroubleSort = 'api' | 'refusal' | 'dead-letter' | 'alarm';

/**
 * Something that went wrong, with what WeChat's support asks for. Never a secret, a token, a code, or the text of a
 * user.
 */
export interface Trouble {
  /** `t` and a number that rises: the newest is the largest. */
  readonly id: string;
  readonly atMs: number;
  readonly sort: TroubleSort;
  /** Name of the account; '' where it concerns all. */
  readonly account: string;
  readonly appId: string;
  readonly originalId?: string;
  /** Path of the API, reason of the refusal or of the dead letter, name of the alarm. */
  readonly what: string;
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly rid?: string;
  readonly accessPoint?: string;
  /** OpenID of the user concerned. */
  readonly user?: string;
  readonly pushId?: string;
  readonly kind?: string;
  readonly handler?: string;
  /** One sentence of ours. */
  readonly detail?: string;
}

/** Troubles of one kind are counted together. */
export const kindOfTrouble = ({ sort, account, what, errcode }: Trouble): string =>
  `${sort}\n${account}\n${what}\n${errcode ?? ''}`;

/** A trouble among those of its kind that are still kept. */
export interface ListedTrouble extends Trouble {
  /** How many of its kind there are, itself included. */
  readonly count: number;
  /** When the first of them happened. */
  readonly firstAtMs: number;
}

/** Adds to each how many of its kind there are, and since when. Keeps the order. */
export function countKinds(troubles: readonly Trouble[]): ListedTrouble[] {
  const kinds = new Map<string, { count: number; firstAtMs: number }>();
  for (const trouble of troubles) {
    const known = kinds.get(kindOfTrouble(trouble));
    kinds.set(kindOfTrouble(trouble), {
      count: (known?.count ?? 0) + 1,
      firstAtMs: Math.min(known?.firstAtMs ?? trouble.atMs, trouble.atMs),
    });
  }
  return troubles.map((trouble) => ({
    ...trouble,
    ...(kinds.get(kindOfTrouble(trouble)) ?? { count: 1, firstAtMs: trouble.atMs }),
  }));
}
