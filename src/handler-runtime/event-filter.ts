import type { KindOf, Push, PushFamily, PushKind, PushOf } from '../protocol/push.js';

/** What a handler or observer listens to: one kind (`'message.text'`), a family (`'message'`), or everything. */
export type On = PushKind | PushFamily | '*';

/** The pushes that `on` lets through: the type of `ctx.push`. */
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

/** How closely `on` names a kind; `undefined` where it does not name it at all. Smaller comes first. */
export function specificity(on: readonly On[], kind: PushKind): 0 | 1 | 2 | undefined {
  if (on.includes(kind)) return 0;
  if (on.some((entry) => entry === familyOf(kind))) return 1;
  return on.includes('*') ? 2 : undefined;
}

const familyOf = (kind: PushKind): string => kind.slice(0, kind.indexOf('.'));
