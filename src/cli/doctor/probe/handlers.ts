import { assertAccountsKnown } from '../../../handler-runtime/bound-accounts.js';
import { createRouter, type RouteRow } from '../../../handler-runtime/router.js';
import {
  handlerFault,
  HandlerInvalid,
  loadHandlers,
  type HandlerFault,
} from '../../../handler-runtime/load-handlers.js';
import { silentLogger } from '../../../ports/logger.js';

/** Limit of loading, including top-level `await`. */
const LOAD_LIMIT_MS = 10_000;

export interface HandlerFacts {
  readonly dir: string;
  /** Files that cannot be loaded. */
  readonly faults: readonly HandlerFault[];
  /** Handlers for the same kind without a `when`: the first one answers, the others never run. */
  readonly shadowed: readonly { readonly on: string; readonly names: readonly string[] }[];
  readonly handlers: number;
  readonly observers: number;
}

/** The kind and the accounts of a row, to compare. */
const pushesOf = ({ on, accounts }: RouteRow): string => JSON.stringify([on, accounts]);

/** Loads the handlers as `serve` does, and looks for those that can never answer. */
export async function probeHandlers(
  dir: string,
  accounts: readonly { readonly name: string }[],
  limitMs = LOAD_LIMIT_MS,
): Promise<HandlerFacts> {
  const nothing = { dir, shadowed: [], handlers: 0, observers: 0 };
  try {
    const loaded = await within(limitMs, loadHandlers(dir, { log: silentLogger }));
    assertAccountsKnown(dir, loaded, accounts);
    const { handlers, observers } = loaded;
    const unconditional = createRouter(handlers, observers)
      .table()
      .filter(({ type, conditional }) => type === 'handler' && !conditional);
    const sameAs = (row: RouteRow) => unconditional.filter((other) => pushesOf(other) === pushesOf(row));
    const shadowed = unconditional
      .filter((row) => sameAs(row)[0] === row)
      .map((row) => ({ on: row.on, names: sameAs(row).map(({ name }) => name) }))
      .filter(({ names }) => names.length > 1);
    return { dir, faults: [], shadowed, handlers: handlers.length, observers: observers.length };
  } catch (error) {
    if (error instanceof HandlerInvalid) return { ...nothing, faults: error.faults };
    throw error;
  }

  async function within<T>(ms: number, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      const words = {
        en: `are not loaded within ${ms / 1_000} s: does one of them await something that never happens?`,
        zh: `${ms / 1_000} 秒内没有加载完：是不是在等待永远不会完成的事？`,
      };
      timer = setTimeout(() => reject(new HandlerInvalid(dir, [handlerFault(dir, words)])), ms);
    });
    return Promise.race([work, limit]).finally(() => clearTimeout(timer));
  }
}
