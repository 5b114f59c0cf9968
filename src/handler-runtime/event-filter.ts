import type { KindOf, Push, PushFamily, PushKind, PushOf } from '../protocol/push/push.js';

/**
 * The pushes that a handler or observer receives: one kind (`'message.text'`), a family (`'message'`), or everything.
 *
 * @example
 * const on: On = 'message.text';
 */
export type On = PushKind | PushFamily | '*';

/**
 * The pushes that `on` selects: the type of `ctx.push`.
 *
 * @example
 * const lengthOf = (push: PushOn<'message.text'>) => push.content.length;
 */
export type PushOn<O extends On | readonly On[]> = O extends readonly (infer Each)[]
  ? Matched<Each>
  : Matched<O>;

type Matched<O> = O extends '*'
  ? Push
  : O extends PushFamily
    ? PushOf<KindOf<O>>
    : O extends PushKind
      ? PushOf<O>
      : never;

/** Returns how specifically `on` selects a kind; smaller comes first. `undefined`: not at all. */
export function specificity(on: readonly On[], kind: PushKind): 0 | 1 | 2 | undefined {
  if (on.includes(kind)) return 0;
  if (on.some((entry) => entry === familyOf(kind))) return 1;
  return on.includes('*') ? 2 : undefined;
}

/** True if a module gets the pushes of this account. Without the field it gets those of all accounts. */
export const servesAccount = (
  { accounts }: { readonly accounts?: readonly string[] },
  account: string,
): boolean => accounts === undefined || accounts.includes(account);

const familyOf = (kind: PushKind): string => kind.slice(0, kind.indexOf('.'));
