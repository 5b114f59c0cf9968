import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { App, Role } from './app.js';
import { ConfigInvalid, loadDotEnv, readConfig, type Config } from './config.js';
import { assemble, openLog } from './embed.js';
import { AppError } from './protocol/app-error.js';
import { watchForExit } from './unexpected-exit.js';
import { connectionsWithin, explainTooFewFiles, readOpenFileLimit } from './open-files.js';
import { reload } from './reload.js';

/** The exit code for a configuration that cannot work (EX_CONFIG of sysexits). */
const EXIT_CONFIG = 78;
/** A stop that takes longer is cut off: the queue holds what is left. */
const STOP_LIMIT_MS = 10_000;

/**
 * Runs the server until it is told to stop. Resolves with the exit code: 0 after a clean stop, 78 where the
 * configuration is wrong, 1 for any other failure to start.
 */
export async function serve({ role = 'all' }: { role?: Role } = {}): Promise<number> {
  const startedAtMs = performance.now();
  const env = { ...process.env };
  let config: Config;
  try {
    loadDotEnv();
    config = readConfig(process.env);
    demandShared(config, role);
  } catch (error) {
    return explain(error);
  }
  const log = openLog(config);
  // A promise that a handler forgot, a timer of its own that throws: its fault must not end the pushes of others.
  for (const event of ['unhandledRejection', 'uncaughtException'] as const)
    process.on(event, (error: unknown) =>
      log.error({ err: error, event }, 'something threw where nobody listens'),
    );
  const dir = config.handlersDir ?? defaultHandlersDir();
  const endWatch = watchForExit(dir, log);
  const beforeExit = (): void => {
    endWatch();
    log.flush();
  };
  try {
    const { app, handlers } = await assemble(withinOpenFiles(config), { handlers: dir, log, role });
    const stopped = hearSignals(app, log, beforeExit, () => reload({ env, running: config, app, log }));
    const { port, adminPort } = await app.start();
    log.info(
      {
        port,
        adminPort,
        callbacks: config.accounts.map((account) => `${account.path} (${account.cipherMode})`),
        lateReplies: app
          .accounts()
          .map(({ name, lateReply }) => `${name}: ${lateReply.channel} (${lateReply.why})`),
        pages: [...config.oauth, ...config.pageSignatures].map(({ path }) => path),
        storage: config.redisUrl === undefined ? `journal in ${config.dataDir}` : 'Redis',
        handlers: handlers.handlers.length,
        observers: handlers.observers.length,
        role,
        startMs: Math.round(performance.now() - startedAtMs),
      },
      'ready',
    );
    return await stopped;
  } catch (error) {
    beforeExit();
    return explain(error);
  }
}

/** Connections that use up the files of the process would close its journal to it. */
function withinOpenFiles(config: Config): Config {
  const openFiles = readOpenFileLimit();
  const maxConnections = connectionsWithin(config.maxConnections, openFiles);
  if (maxConnections > config.maxConnections / 2) return { ...config, maxConnections };
  const warning =
    `MAX_CONNECTIONS is ${config.maxConnections}, and this process may open ${openFiles} files: it holds ${maxConnections} connections at ` +
    'most. Raise the limit (ulimit -n, LimitNOFILE=) or lower MAX_CONNECTIONS.';
  return { ...config, maxConnections, warnings: [...config.warnings, warning] };
}

/** A journal has one owner, so the two halves of the work can only meet in Redis. */
function demandShared(config: Config, role: Role): void {
  if (role === 'all' || config.redisUrl !== undefined) return;
  throw new ConfigInvalid([
    `REDIS_URL is missing, and --role ${role} needs it: without Redis one process does everything. Set it, or use --role all.`,
  ]);
}

/** Beside the code: `handlers/` of the checkout under tsx, `dist/handlers` once compiled. */
function defaultHandlersDir(): string {
  const own = join(dirname(fileURLToPath(import.meta.url)), '..', 'handlers');
  return existsSync(own) ? own : './handlers';
}

/** What a person needs to know, on one screen, without a stack unless it is a bug. */
function explain(error: unknown): number {
  if (error instanceof ConfigInvalid) {
    process.stderr.write(`${error.message}\n`);
    return EXIT_CONFIG;
  }
  const tooFewFiles = explainTooFewFiles(error);
  if (tooFewFiles !== undefined) {
    process.stderr.write(tooFewFiles);
    return 1;
  }
  if (error instanceof AppError) {
    process.stderr.write(`The server cannot start: ${error.message}\n`);
    return error.code === 'redis_refused' ? EXIT_CONFIG : 1;
  }
  process.stderr.write(
    `The server cannot start because of a fault of its own:\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return 1;
}

/** A handler that does not heed its signal must not keep the process: its work is with the queue. */
function endSoon(code: number): void {
  setTimeout(() => process.exit(code), 100).unref();
}

/**
 * Resolves with the exit code once a signal stopped the app. A second signal ends the process at once. SIGHUP reads the
 * settings again, but on a terminal it stops, too.
 */
function hearSignals(
  app: App,
  log: { info(fields: object, message: string): void },
  beforeExit: () => void,
  onReload: () => void,
): Promise<number> {
  return new Promise((resolve) => {
    let stopping = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (stopping) {
        beforeExit();
        process.exit(1);
      }
      stopping = true;
      log.info({ signal }, 'stopping: running pushes get their answers first');
      setTimeout(() => {
        beforeExit();
        process.exit(1);
      }, STOP_LIMIT_MS).unref();
      app.stop().then(
        () => {
          log.info({}, 'stopped');
          beforeExit();
          resolve(0);
          endSoon(0);
        },
        (error: unknown) => {
          log.info({ err: error }, 'the stop failed; what was promised is in the queue');
          beforeExit();
          resolve(1);
          endSoon(1);
        },
      );
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
    // A terminal that is closed sends the same signal, and leaves nobody to serve for.
    process.on('SIGHUP', (signal) => (process.stdin.isTTY ? onSignal(signal) : onReload()));
  });
}
