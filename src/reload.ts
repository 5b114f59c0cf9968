import { isDeepStrictEqual } from 'node:util';
import type { App } from './app.js';
import { secretsOf, type Config } from './config/config.js';
import type { Logger } from './ports/logger.js';
import type { AccountsChange } from './running-accounts.js';

/**
 * What a reload of the settings changed.
 *
 * @example
 * const { added, pending }: Reloaded = server.useAccounts(process.env);
 */
export interface Reloaded extends AccountsChange {
  /** Names of other settings that differ, and wait for a restart. */
  readonly pending: readonly string[];
}

/**
 * Applies the settings that can change while the server runs: the accounts. Settings with which the server could not
 * start change nothing.
 *
 * @throws ConfigInvalid · HandlerInvalid  a handler is bound to an account that is gone. Logged already
 */
export function reload(
  read: () => Config,
  deps: {
    /** As at the start. */
    readonly running: Config;
    readonly app: Pick<App, 'useAccounts' | 'noteReloadFailed'>;
    /** @throws HandlerInvalid  the handlers do not fit these accounts */
    readonly assertUsable: (next: Config) => void;
    /** `hide` adds values to scrub from the log; a logger of somebody else's gets none. */
    readonly log: Logger & { readonly hide?: (secrets: readonly string[]) => void };
  },
): Reloaded {
  const { running, app, assertUsable, log } = deps;
  let next: Config;
  try {
    next = read();
    assertUsable(next);
  } catch (error) {
    app.noteReloadFailed();
    log.error({ err: error }, 'settings not reloaded: they have faults, and nothing was changed');
    throw error;
  }
  log.hide?.(secretsOf(next));
  const { added, changed, removed, newSecrets } = app.useAccounts(next);
  log.info({ added, changed, removed, newSecrets }, 'settings reloaded');
  const pending = changedSettings(running, next);
  if (pending.length > 0)
    log.warn(
      { settings: pending },
      'settings pending: others than those of accounts have changed and wait for a restart',
    );
  return { added, changed, removed, newSecrets, pending };
}

/** Returns the names of other settings that differ. */
function changedSettings(running: Config, next: Config): readonly string[] {
  const [before, after] = [running, next].map(
    ({
      accounts: _used,
      accountsFile: _read,
      oauth: _pages,
      pageSignatures: _signing,
      warnings: _said,
      ...rest
    }) => rest,
  );
  return Object.entries(after ?? {})
    .filter(([name, value]) => !isDeepStrictEqual(value, Reflect.get(before ?? {}, name)))
    .map(([name]) => name);
}
