import { createLogger, type ProcessLogger } from './adapters/log/pino-logger.js';
import { withSafeErrors } from './adapters/log/safe-errors.js';
import { createApp, type App, type Role } from './app.js';
import { readConfig, secretsOf, type Config } from './config.js';
import { checkModule } from './handler-runtime/check-module.js';
import type { Handler } from './handler-runtime/define-handler.js';
import type { Observer } from './handler-runtime/define-observer.js';
import type { LoadedHandlers } from './handler-runtime/registry.js';
import { HandlerInvalid, loadHandlers, watchHandlers } from './handler-runtime/loader.js';
import type { Logger } from './ports/logger.js';

/** Handlers and observers by name. The names stand in the log and in stored jobs, so they should last. */
export interface HandlersByName {
  readonly [name: string]: Handler | Observer;
}

export interface ServerOptions {
  /** A folder of handler files, or the handlers themselves. Default: HANDLERS_DIR, else `./handlers`. */
  readonly handlers?: string | HandlersByName;
  /**
   * Default: JSON lines on standard output, secrets scrubbed. One of your own gets no secrets handed to it either, and
   * errors as plain fields: see LOG_THROWN_MESSAGES.
   */
  readonly logger?: Logger;
  /** `web` answers pushes, `worker` delivers late answers, `all` (default) does both. */
  readonly role?: Role;
}

/** The callback server as a part of another program. */
export type CallbackServer = Omit<App, 'useHandlers' | 'useSecrets' | 'credentials'>;

/** Environment-like: `{ WECHAT_APP_ID: 'wx…', WECHAT_TOKEN: '…' }`, the names of `.env.example`. */
export type Settings = Readonly<Record<string, string | undefined>>;

/**
 * Builds a server out of a configuration. It holds its storage from now on; it answers and delivers once `open()`
 * (for a callback that is mounted elsewhere) or `start()` (with listeners of its own) is done; `stop()` ends both.
 *
 * @throws ConfigInvalid    with every fault of the settings at once
 * @throws HandlerInvalid   naming each handler at fault
 * @throws DataDirInUse, DataDirUnusable
 */
export async function createServer(
  settings: Config | Settings,
  { handlers, logger, role = 'all' }: ServerOptions = {},
): Promise<CallbackServer> {
  const config = isConfig(settings) ? settings : readConfig({ ...settings });
  const log =
    logger === undefined ? openLog(config) : withSafeErrors(logger, { whole: config.logThrownMessages });
  const { app } = await assemble(config, {
    handlers: handlers ?? config.handlersDir ?? './handlers',
    log,
    role,
  });
  return app;
}

/** The log of a process of ours, as its configuration wants it. */
export const openLog = (config: Config): ProcessLogger =>
  createLogger({
    level: config.logLevel,
    secrets: secretsOf(config),
    thrownMessages: config.logThrownMessages,
  });

/** What `createServer` and the server's own process have in common. A folder is watched where the configuration says so. */
export async function assemble(
  config: Config,
  { handlers: source, log, role }: { handlers: string | HandlersByName; log: Logger; role: Role },
): Promise<{ app: App; handlers: LoadedHandlers }> {
  for (const warning of config.warnings) log.warn({}, warning);
  const handlers = typeof source === 'string' ? await loadHandlers(source, { log }) : namedHandlers(source);
  const app = await createApp(config, { log, handlers, role });
  const watch =
    typeof source === 'string' && config.reloadHandlers
      ? await watchHandlers(source, (next) => app.useHandlers(next), { log })
      : undefined;
  const stop = (): Promise<void> => {
    watch?.close();
    return app.stop();
  };
  // A start that fails half-way leaves nothing behind that keeps the process or the folder.
  const start: App['start'] = async () => {
    try {
      return await app.start();
    } catch (error) {
      await stop();
      throw error;
    }
  };
  return { app: { ...app, start, stop }, handlers };
}

/** Checks what came by hand as strictly as what comes out of files. @throws HandlerInvalid */
export function namedHandlers(named: HandlersByName): LoadedHandlers {
  const checked = Object.entries(named)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, module]) => ({ name, result: checkModule({ name, path: name }, { default: module }) }));
  const faults = checked.flatMap(({ name, result }) =>
    result.type === 'fault' ? [{ file: name, text: result.fault }] : [],
  );
  if (faults.length > 0) throw new HandlerInvalid('createServer', faults);
  return {
    handlers: checked.flatMap(({ result }) => (result.type === 'handler' ? [result.handler] : [])),
    observers: checked.flatMap(({ result }) => (result.type === 'observer' ? [result.observer] : [])),
  };
}

/** Settings are texts, so only a configuration that was read holds a list of accounts. */
const isConfig = (settings: Config | Settings): settings is Config => Array.isArray(settings['accounts']);
