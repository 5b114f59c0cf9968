import { silentLogger, type Logger } from '../ports/logger.js';
import { pushKinds, type Push, type PushKind } from '../protocol/push.js';
import type { LoadedHandler, LoadedObserver } from './registry.js';
import { specificity, type On } from './event-filter.js';

/** The handler that answers a push, and what its `when` found. */
export interface Route {
  readonly handler: LoadedHandler;
  readonly found: unknown;
}

/** One line of the routing table. Lines that hear the same are in the order in which they are asked. */
export interface RouteRow {
  readonly on: On;
  readonly name: string;
  readonly type: 'handler' | 'observer';
  /** Only some pushes are its own: it has a `when`. */
  readonly conditional: boolean;
  /** It can finish later. */
  readonly later: boolean;
  readonly file: string;
}

export interface Router {
  /** The one handler for this push; `undefined` when none wants it. */
  route(push: Push): Route | undefined;
  observers(push: Push): readonly LoadedObserver[];
  byName(name: string): LoadedHandler | undefined;
  table(): readonly RouteRow[];
}

/**
 * One answers: exact kind before family before `*`; with `when` before without; then by name. The order is worked
 * out here for every kind, so that a push costs one look-up and the `when`s up to the first that finds something.
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

  return {
    route(push) {
      for (const handler of asked.get(push.kind) ?? []) {
        const route = routeTo(handler, push, log);
        if (route !== undefined) return route;
      }
      return undefined;
    },
    observers: (push) => watching.get(push.kind) ?? [],
    byName: (name) => names.get(name),
    table: () => [...rows(handlers, 'handler'), ...rows(observers, 'observer')],
  };
}

/** The route to one handler if it wants the push. A `when` that throws is reported and wants nothing. */
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
      'a `when` threw, so the push is not its own',
    );
    return undefined;
  }
}

interface Listener {
  readonly name: string;
  readonly file: string;
  readonly on: readonly On[];
  readonly module: object;
}

function inOrder<L extends Listener>(listeners: readonly L[], kind: PushKind): readonly L[] {
  return listeners
    .flatMap((listener) => {
      const distance = specificity(listener.on, kind);
      return distance === undefined ? [] : [{ listener, distance }];
    })
    .sort((a, b) => a.distance - b.distance || byWhenAndName(a.listener, b.listener))
    .map(({ listener }) => listener);
}

function byWhenAndName(a: Listener, b: Listener): number {
  const conditional = Number(has(b.module, 'when')) - Number(has(a.module, 'when'));
  return conditional || (a.name < b.name ? -1 : 1);
}

function rows(listeners: readonly Listener[], type: RouteRow['type']): RouteRow[] {
  return listeners
    .flatMap((listener) => listener.on.map((on) => ({ on, listener })))
    .sort(
      (a, b) => breadth(a.on) - breadth(b.on) || order(a.on, b.on) || byWhenAndName(a.listener, b.listener),
    )
    .map(({ on, listener: { name, file, module } }) => ({
      on,
      name,
      type,
      conditional: has(module, 'when'),
      later: has(module, 'later'),
      file,
    }));
}

const has = (module: object, part: string): boolean => Reflect.get(module, part) !== undefined;
const breadth = (on: On): number => (on === '*' ? 2 : on.includes('.') ? 0 : 1);
const order = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
