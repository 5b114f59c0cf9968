import { silentLogger, type Logger } from '../ports/logger.js';
import { isChoiceShaped, type ChoiceIds } from '../protocol/choice-ids.js';
import { pushKinds, type Push, type PushKind } from '../protocol/push/push.js';
import type { LoadedHandler, LoadedObserver } from './registry.js';
import { servesAccount, specificity, type On } from './event-filter.js';

/** The handler that answers a push, and the result of its `when`. */
export interface Route {
  readonly handler: LoadedHandler;
  readonly found: unknown;
  /** Id of the choice that the user tapped: `chosen` answers. */
  readonly chosen?: string;
}

/** A row of the routing table. Rows are in the order in which they are tried. */
export interface RouteRow {
  readonly on: On;
  readonly name: string;
  readonly type: 'handler' | 'observer';
  /** True if it has a `when`. */
  readonly conditional: boolean;
  /** True if it has a `later`. */
  readonly later: boolean;
  /** The accounts that it is bound to. Absent: all. */
  readonly accounts?: readonly string[];
  readonly file: string;
}

/** Reads the ids of taps for an account. */
export type TapReader = Pick<ChoiceIds, 'read'>;

export interface Router {
  /** Returns the handler for a push of this account; `undefined` if none takes it. Without `taps`, no tap is one. */
  route(push: Push, account: string, taps?: TapReader): Route | undefined;
  observers(push: Push, account: string): readonly LoadedObserver[];
  byName(name: string): LoadedHandler | undefined;
  table(): readonly RouteRow[];
}

/**
 * Creates a router. One handler answers: exact kind before family before `*`; with `when` before without; bound to accounts
 * before unbound; then by name; FORWARD_URL after them, demo handlers last. The order is computed here for every kind, so a push costs one look-up and the calls of `when` up
 * to the first match.
 */
export function createRouter(
  handlers: readonly LoadedHandler[],
  observers: readonly LoadedObserver[] = [],
  options: { readonly log?: Logger } = {},
): Router {
  const { log = silentLogger } = options;
  const asked = new Map(pushKinds.map((kind) => [kind, inOrder(handlers, kind)]));
  const watching = new Map(pushKinds.map((kind) => [kind, inOrder(observers, kind)]));
  const names = new Map(handlers.map((handler) => [handler.name, handler]));
  const offering = handlers.filter(({ module }) => has(module, 'chosen'));

  return {
    route(push, account, taps) {
      const tapped = taps && routeTap(offering, push, account, taps, log);
      if (tapped !== undefined) return tapped;
      for (const handler of asked.get(push.kind) ?? []) {
        if (!servesAccount(handler.module, account)) continue;
        const route = routeTo(handler, push, log);
        if (route !== undefined) return route;
      }
      return undefined;
    },
    observers: (push, account) =>
      (watching.get(push.kind) ?? []).filter(({ module }) => servesAccount(module, account)),
    byName: (name) => names.get(name),
    table: () => [...rows(handlers, 'handler'), ...rows(observers, 'observer')],
  };
}

/** Returns the route to a handler if it takes the push. A `when` that throws is logged and takes nothing. */
export function routeTo(handler: LoadedHandler, push: Push, log: Logger = silentLogger): Route | undefined {
  const { module } = handler;
  if (module.when === undefined) return { handler, found: undefined };
  try {
    const found = module.when(push);
    if (found === undefined || found === null || found === false) return undefined;
    if (found instanceof Promise) {
      found.catch(() => undefined);
      throw new TypeError('`when` returned a promise: look at the push only, and ask elsewhere in `handle`');
    }
    return { handler, found };
  } catch (error) {
    log.error(
      { err: error, handler: handler.name, pushId: push.id },
      'handler failed: its `when` threw, so the push is not its own',
    );
    return undefined;
  }
}

/**
 * Returns the route of a tap on a choice, to the handler that offered it to this user of this account. Any other id is
 * somebody's text, and is routed as such. The time of the push decides, so every run of it is routed alike.
 */
export function routeTap(
  offering: readonly LoadedHandler[],
  push: Push,
  account: string,
  taps: TapReader,
  log: Logger = silentLogger,
): Route | undefined {
  if (push.kind !== 'message.text' || !isChoiceShaped(push.menuItemId)) return undefined;
  for (const handler of offering) {
    if (!servesAccount(handler.module, account)) continue;
    const { user } = push;
    const choice = taps.read(push.menuItemId, { handler: handler.name, user }, push.sentAt.getTime());
    if (choice === undefined) continue;
    if (!choice.isExpired) return { handler, found: undefined, chosen: choice.id };
    log.info({ handler: handler.name, pushId: push.id }, 'choice expired: its tap is taken as a text');
    return undefined;
  }
  log.info(
    { pushId: push.id },
    'choice unknown: no handler here offered it to this user, so its tap is a text',
  );
  return undefined;
}

interface Listener {
  readonly name: string;
  readonly file: string;
  readonly on: readonly On[];
  readonly module: { readonly accounts?: readonly string[] };
  readonly isDemo?: true;
  readonly isForward?: true;
}

function inOrder<L extends Listener>(listeners: readonly L[], kind: PushKind): readonly L[] {
  return listeners
    .flatMap((listener) => {
      const distance = specificity(listener.on, kind);
      return distance === undefined ? [] : [{ listener, distance }];
    })
    .sort(
      (a, b) =>
        ownFirst(a.listener, b.listener) ||
        a.distance - b.distance ||
        byWhenBindingAndName(a.listener, b.listener),
    )
    .map(({ listener }) => listener);
}

const ownFirst = (a: Listener, b: Listener): number => rankOf(a) - rankOf(b);

/** Own handlers, then FORWARD_URL, then the demo's. */
const rankOf = ({ isDemo, isForward }: Listener): number => (isDemo ? 2 : isForward ? 1 : 0);

function byWhenBindingAndName(a: Listener, b: Listener): number {
  const conditional = Number(has(b.module, 'when')) - Number(has(a.module, 'when'));
  const bound = Number(has(b.module, 'accounts')) - Number(has(a.module, 'accounts'));
  return conditional || bound || (a.name < b.name ? -1 : 1);
}

function rows(listeners: readonly Listener[], type: RouteRow['type']): RouteRow[] {
  return listeners
    .flatMap((listener) => listener.on.map((on) => ({ on, listener })))
    .sort(
      (a, b) =>
        breadth(a.on) - breadth(b.on) ||
        order(a.on, b.on) ||
        ownFirst(a.listener, b.listener) ||
        byWhenBindingAndName(a.listener, b.listener),
    )
    .map(({ on, listener: { name, file, module } }) => ({
      on,
      name,
      type,
      conditional: has(module, 'when'),
      later: has(module, 'later'),
      ...(module.accounts !== undefined && { accounts: module.accounts }),
      file,
    }));
}

const has = (module: object, part: string): boolean => Reflect.get(module, part) !== undefined;
const breadth = (on: On): number => (on === '*' ? 2 : on.includes('.') ? 0 : 1);
const order = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
