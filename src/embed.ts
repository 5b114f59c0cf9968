import { createLogger, type ProcessLogger } from './adapters/log/pino-logger.js';
import { withSafeErrors } from './adapters/log/safe-errors.js';
import { createApp, type App, type Role } from './app.js';
import { readConfig, secretsOf, type Config } from './config/config.js';
import { assertAccountsKnown } from './handler-runtime/bound-accounts.js';
import { checkModule } from './handler-runtime/check-module.js';
import type { Handler } from './handler-runtime/define-handler.js';
import type { Observer } from './handler-runtime/define-observer.js';
import type { LoadedHandlers } from './handler-runtime/registry.js';
import { handlerFault, HandlerInvalid, loadHandlers } from './handler-runtime/load-handlers.js';
import { watchHandlers } from './handler-runtime/watch-handlers.js';
import { reload, type Reloaded } from './reload.js';
import type { Logger } from './ports/logger.js';

/**
 * Handlers and observers by name. Logs and stored jobs contain the names, so keep them stable.
 *
 * @example
 * const handlers: HandlersByName = { echo: defineHandler({ on: 'message.text', handle: ({ push, reply }) => reply.text(push.content) }) };
 */
export interface HandlersByName {
  readonly [name: string]: Handler | Observer;
}

/**
 * Options of `createServer` beside the settings.
 *
 * @example
 * await createServer(process.env, { handlers: './handlers', role: 'web' });
 */
export interface ServerOptions {
  /**
   * A directory of handler files, or the handlers themselves.
   *
   * @defaultValue `HANDLERS_DIR`, else `./handlers`
   */
  readonly handlers?: string | HandlersByName;
  /**
   * Destination of log lines. Your own logger never gets secrets, and errors as plain fields: see LOG_THROWN_MESSAGES.
   *
   * @defaultValue JSON lines on standard output, secrets scrubbed
   */
  readonly logger?: Logger;
  /**
   * `web` answers pushes, `worker` delivers late answers, `all` does both.
   *
   * @defaultValue `all`
   */
  readonly role?: Role;
}

/**
 * The callback server, embedded in another program.
 *
 * @example
 * const wechat: CallbackServer = await createServer(process.env);
 * await wechat.start();
 * process.once('SIGTERM', () => void wechat.stop());
 */
export interface CallbackServer extends Omit<
  App,
  'useHandlers' | 'useAccounts' | 'noteReloadFailed' | 'credentials'
> {
  /**
   * Applies the accounts of new settings: adds, changes and removes them without a restart. Pushes in flight end as they
   * began. With faults nothing changes.
   *
   * @throws ConfigInvalid   with every fault of the settings at once
   * @throws HandlerInvalid  a handler is bound to an account that the settings do not have
   *
   * @example
   * process.on('SIGHUP', () => server.useAccounts(process.env)); // reads WECHAT_ACCOUNTS_FILE again
   */
  useAccounts(settings: Config | Settings): Reloaded;
}

/**
 * Settings by the names of `.env.example`: `{ WECHAT_APP_ID: 'wx…', WECHAT_TOKEN: '…' }`.
 *
 * @example
 * const settings: Settings = { WECHAT_APP_ID: 'wx0123456789abcdef', WECHAT_TOKEN: 'my-token' };
 */
export type Settings = Readonly<Record<string, string | undefined>>;

/**
 * Creates a server from a configuration. It opens its storage at once; it answers and delivers after `open()` (for a
 * callback mounted elsewhere) or `start()` (with its own listeners); `stop()` ends both.
 *
 * @throws ConfigInvalid    with every fault of the settings at once
 * @throws HandlerInvalid   naming each invalid handler
 * @throws DataDirInUse, DataDirUnusable
 */
export async function createServer(
  settings: Config | Settings,
  { handlers, logger, role = 'all' }: ServerOptions = {},
): Promise<CallbackServer> {
  const config = toConfig(settings);
  const log =
    logger === undefined ? openLog(config) : withSafeErrors(logger, { whole: config.logThrownMessages });
  const { app, reloadFrom } = await assemble(config, {
    handlers: handlers ?? config.handlersDir,
    log,
    role,
  });
  return { ...app, useAccounts: (next) => reloadFrom(() => toConfig(next)) };
}

/** Creates the logger of a server process, as configured. */
export const openLog = (config: Config): ProcessLogger =>
  createLogger({
    level: config.logLevel,
    secrets: secretsOf(config),
    thrownMessages: config.logThrownMessages,
  });

/**
 * Assembles a server for `createServer` and for the server's own process. Watches the handlers' directory if
 * configured.
 */
export async function assemble(
  config: Config,
  {
    handlers: source,
    demo = NONE,
    log,
    role,
  }: { handlers: string | HandlersByName; demo?: LoadedHandlers; log: Logger; role: Role },
): Promise<{
  app: App;
  handlers: LoadedHandlers;
  /** Applies the settings that can change in a running server. @throws what `read` throws, HandlerInvalid */
  reloadFrom: (read: () => Config) => Reloaded;
}> {
  for (const warning of config.warnings) log.warn({}, `configuration warning: ${warning.en}`);
  const own = typeof source === 'string' ? await loadHandlers(source, { log }) : namedHandlers(source);
  const from = typeof source === 'string' ? source : NO_FOLDER;
  const handlers = together(own, demo);
  assertAccountsKnown(from, handlers, config.accounts);
  const app = await createApp(config, { log, handlers, role });
  const watch =
    typeof source === 'string' && config.reloadHandlers
      ? await watchHandlers(source, (next) => useHandlers(together(next, demo)), { log })
      : undefined;
  let current = handlers;
  function useHandlers(next: LoadedHandlers): void {
    assertAccountsKnown(from, next, app.accounts());
    app.useHandlers((current = next));
  }
  const reloadFrom = (read: () => Config): Reloaded =>
    reload(read, {
      running: config,
      app,
      assertUsable: ({ accounts }) => assertAccountsKnown(from, current, accounts),
      log,
    });
  const stop = (): Promise<void> => {
    watch?.close();
    return app.stop();
  };
  // A failed start releases everything that would keep the process or the directory.
  const start: App['start'] = async () => {
    try {
      return await app.start();
    } catch (error) {
      await stop();
      throw error;
    }
  };
  return { app: { ...app, start, stop }, handlers, reloadFrom };
}

/** Stands for the folder where the handlers are values. */
const NO_FOLDER = 'createServer';

const NONE: LoadedHandlers = { handlers: [], observers: [] };

const together = (own: LoadedHandlers, demo: LoadedHandlers): LoadedHandlers => ({
  handlers: [...own.handlers, ...demo.handlers],
  observers: [...own.observers, ...demo.observers],
});

/** Checks given handlers as strictly as those from files. @throws HandlerInvalid */
export function namedHandlers(named: HandlersByName): LoadedHandlers {
  const checked = Object.entries(named)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, module]) => ({ name, result: checkModule({ name, path: name }, { default: module }) }));
  const faults = checked.flatMap(({ name, result }) =>
    result.type === 'fault' ? [handlerFault(name, result.fault)] : [],
  );
  if (faults.length > 0) throw new HandlerInvalid(NO_FOLDER, faults);
  return {
    handlers: checked.flatMap(({ result }) => (result.type === 'handler' ? [result.handler] : [])),
    observers: checked.flatMap(({ result }) => (result.type === 'observer' ? [result.observer] : [])),
  };
}

const toConfig = (settings: Config | Settings): Config =>
  isConfig(settings) ? settings : readConfig({ ...settings });

/** True for a parsed configuration: settings are texts, so only that has a list of accounts. */
const isConfig = (settings: Config | Settings): settings is Config => Array.isArray(settings['accounts']);
