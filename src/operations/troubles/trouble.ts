/** Source of a trouble. */
export type TroubleSort = 'api' | 'refusal' | 'dead-letter' | 'backend' | 'alarm';

/** A failure, with the data that WeChat's support asks for. Never a secret, a token, a code, or the text of a user. */
export interface Trouble {
  /** `t` and a number that rises: the newest is the largest. */
  readonly id: string;
  readonly atMs: number;
  readonly sort: TroubleSort;
  /** Name of the account; '' if it concerns all. */
  readonly account: string;
  readonly appId: string;
  readonly originalId?: string;
  /** Path of the API, reason of the refusal or of the dead letter, fault of the backend, name of the alarm. */
  readonly what: string;
  /** Path of the API that refused, where `what` is none. */
  readonly api?: string;
  /** HTTP method of the API call. Absent: POST, or unknown. */
  readonly method?: string;
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly rid?: string;
  readonly accessPoint?: string;
  /** OpenID of the user. */
  readonly user?: string;
  readonly pushId?: string;
  readonly kind?: string;
  readonly handler?: string;
  /** One sentence with details. */
  readonly detail?: string;
}

/** Troubles of one kind are counted together. */
export const kindOfTrouble = ({ sort, account, what, errcode }: Trouble): string =>
  `${sort}\n${account}\n${what}\n${errcode ?? ''}`;

/** A trouble with the number of stored ones of its kind. */
export interface ListedTrouble extends Trouble {
  /** Number of its kind, including itself. */
  readonly count: number;
  /** Time of the first of them. */
  readonly firstAtMs: number;
}

/** Adds to each the number of its kind and the time of the first. Keeps the order. */
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

/** Returns the newest of each kind, in the given order. */
export function newestOfEachKind(troubles: readonly ListedTrouble[]): ListedTrouble[] {
  const kinds = new Set<string>();
  return troubles.filter((trouble) => {
    const isFirst = !kinds.has(kindOfTrouble(trouble));
    kinds.add(kindOfTrouble(trouble));
    return isFirst;
  });
}
