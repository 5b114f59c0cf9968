import { isDeepStrictEqual } from 'node:util';
import type { App } from './app.js';
import { ConfigInvalid, readConfig, secretsOf, withDotEnv, type Config } from './config.js';
import type { Logger } from './ports/logger.js';

/**
 * Reads the settings again, those of `.env`, of `NAME_FILE` and of the accounts file included, and takes over what can
 * change while the server runs: the AppSecrets. Faulty settings change nothing.
 */
export function reload(deps: {
  /** The environment that the process was started with, without `.env`. */
  readonly env: NodeJS.ProcessEnv;
  readonly running: Config;
  readonly app: Pick<App, 'useSecrets'>;
  /** `hide`: values that must not be printed from now on. */
  readonly log: Logger & { readonly hide: (secrets: readonly string[]) => void };
}): void {
  const { env, running, app, log } = deps;
  let next: Config;
  try {
    next = readConfig(withDotEnv(env));
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    log.error({ err: error }, 'the settings were read again and have faults: nothing was changed');
    return;
  }
  log.hide(secretsOf(next));
  const newSecrets = app.useSecrets(next.accounts);
  log.info({ newSecrets }, 'the settings were read again');
  const others = changedSettings(running, next);
  if (others.length > 0)
    log.warn({ settings: others }, 'settings other than AppSecrets have changed: they wait for a restart');
}

/** Names of what differs besides AppSecrets. */
function changedSettings(running: Config, next: Config): readonly string[] {
  const [before, after] = [running, next].map(({ accounts, warnings: _said, ...rest }) => ({
    ...rest,
    accounts: accounts.map(({ appSecret: _changes, ...account }) => account),
  }));
  return Object.entries(after ?? {})
    .filter(([name, value]) => !isDeepStrictEqual(value, Reflect.get(before ?? {}, name)))
    .map(([name]) => name);
}
