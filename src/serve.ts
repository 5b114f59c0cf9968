import cluster from 'node:cluster';
import { existsSync } from 'node:fs';
import { resolve as absolute } from 'node:path';
import type { App, Role } from './app.js';
import { ConfigInvalid, loadDotEnv, readConfig, withDotEnv, type Config } from './config/config.js';
import { assemble, openLog } from './embed.js';
import { loadDemo } from './load-demo.js';
import type { Logger } from './ports/logger.js';
import { terminalLanguage } from './config/terminal-language.js';
import { AppError } from './protocol/app-error.js';
import type { Language, Words } from './protocol/words.js';
import { watchForExit } from './unexpected-exit.js';
import { connectionsWithin, explainTooFewFiles, readOpenFileLimit } from './open-files.js';
import { reportReady, runProcessGroup } from './process-group.js';
import { watchAccountsFile } from './watch-accounts-file.js';
import { stopWithParent } from './stop-with-parent.js';
import { hearReset, tellParent } from './tell-parent.js';

/** Exit code for an invalid configuration (EX_CONFIG of sysexits). */
const EXIT_CONFIG = 78;
/** A stop that takes longer, `DRAIN_S` apart, is cut off: the queue holds what is left. */
const STOP_LIMIT_MS = 10_000;

export interface ServeOptions {
  readonly role?: Role;
  /** Uses the demo handlers if no handler of HANDLERS_DIR takes a push. Then that directory may be absent. */
  readonly demo?: boolean;
  /** So many processes of this role share the port. Default: this process alone. */
  readonly processes?: number | undefined;
  /** Of what a failed start says. Default: as the terminal speaks. */
  readonly language?: Language;
}

/**
 * Runs the server until it is told to stop. Resolves with the exit code: 0 after a clean stop, 78 for an invalid
 * configuration, 1 for any other failed start.
 */
export async function serve({
  role = 'all',
  demo = false,
  processes,
  language = terminalLanguage(process.env),
}: ServeOptions = {}): Promise<number> {
  const startedAtMs = performance.now();
  const env = { ...process.env };
  let config: Config;
  try {
    loadDotEnv();
    config = readConfig(process.env);
    assertSharedStorage(config, role, processes);
  } catch (error) {
    return reportStartFailure(error, language);
  }
  const log = openLog(config);
  if (processes !== undefined && cluster.isPrimary) {
    // Each process reads `.env` itself, and after SIGHUP anew: what is in the environment would win.
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    const code = await runProcessGroup({ count: processes, adminPort: config.admin.port, log });
    log.flush();
    exitSoon(code);
    return code;
  }
  // A rejected promise or a throwing timer of a handler must not end other pushes.
  for (const event of ['unhandledRejection', 'uncaughtException'] as const)
    process.on(event, (error: unknown) =>
      log.error({ err: error, event }, 'unhandled error: something threw where nobody listens'),
    );
  const dir = config.handlersDir;
  const endWatch = watchForExit(dir, log);
  let endFileWatch = (): void => {};
  const beforeExit = (): void => {
    endFileWatch();
    endWatch();
    log.flush();
  };
  try {
    const { app, handlers, reloadFrom } = await assemble(withinOpenFiles(config), {
      handlers: (demo || forwards(config)) && !existsSync(dir) ? {} : dir,
      ...(demo && { demo: await loadDemo(log) }),
      log,
      role,
    });
    const onReload = (): void => {
      try {
        let next = config;
        reloadFrom(() => (next = withinOpenFiles(readConfig(withDotEnv(env)))));
        watchAccounts(next.accountsFile);
      } catch (error) {
        if (!(error instanceof AppError)) throw error; // the others are logged
      }
    };
    let watched: string | undefined;
    const watchAccounts = (file: string | undefined): void => {
      if (file === watched) return;
      watched = file;
      endFileWatch();
      endFileWatch = file === undefined ? (): void => {} : watchAccountsFile(file, onReload);
    };
    const stopped = handleSignals(app, {
      log,
      limitMs: config.drainMs + STOP_LIMIT_MS,
      beforeExit,
      onReload,
    });
    stopWithParent();
    watchAccounts(config.accountsFile);
    tellParent((listener) => app.onEvent(listener));
    hearReset(() => app.askRightsAgain());
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
        storage: config.redis === undefined ? `journal in ${config.dataDir}` : 'Redis',
        handlersDir: absolute(dir),
        handlers: handlers.handlers.length,
        observers: handlers.observers.length,
        ...(config.proxy !== undefined && { proxy: new URL(config.proxy.url).host }),
        role,
        startMs: Math.round(performance.now() - startedAtMs),
      },
      'ready',
    );
    reportReady();
    if (demo)
      log.warn(
        { handlersDir: absolute(dir) },
        'demo handlers: they answer every user where no handler of yours does; leave out --demo to end that',
      );
    return await stopped;
  } catch (error) {
    beforeExit();
    return reportStartFailure(error, language);
  }
}

/** True if a backend answers, so that handlers of one's own are not needed. */
const forwards = ({ accounts }: Config): boolean => accounts.some(({ forward }) => forward !== undefined);

/** Limits the connections, because too many would leave no files for the journal. */
function withinOpenFiles(config: Config): Config {
  const openFiles = readOpenFileLimit();
  const maxConnections = connectionsWithin(config.maxConnections, openFiles);
  if (maxConnections > config.maxConnections / 2) return { ...config, maxConnections };
  const warning = {
    en:
      `MAX_CONNECTIONS is ${config.maxConnections}, and this process may open ${openFiles} files: it holds ${maxConnections} connections at ` +
      'most. Raise the limit (ulimit -n, LimitNOFILE=) or lower MAX_CONNECTIONS.',
    zh:
      `MAX_CONNECTIONS 的值是 ${config.maxConnections}，而本进程只能打开 ${openFiles} 个文件，因此最多保持 ${maxConnections} 个连接。` +
      '请提高上限（ulimit -n、LimitNOFILE=），或者调低 MAX_CONNECTIONS。',
  };
  return { ...config, maxConnections, warnings: [...config.warnings, warning] };
}

/** Requires Redis for separate `web` and `worker` processes, because a journal has only one owner. */
function assertSharedStorage(config: Config, role: Role, processes: number | undefined): void {
  if ((role === 'all' && processes === undefined) || config.redis !== undefined) return;
  const option = processes === undefined ? `--role ${role}` : `--processes ${processes}`;
  const instead = processes === undefined ? '--role all' : 'one process';
  throw new ConfigInvalid([
    {
      en: `REDIS_URL is missing, and ${option} needs Redis: without it one process does everything. Set REDIS_URL (or REDIS_SENTINELS, REDIS_CLUSTER), or use ${instead}.`,
      zh: `没有设置 REDIS_URL，而 ${option} 需要 Redis：没有它，所有工作只能由一个进程完成。请设置 REDIS_URL（或 REDIS_SENTINELS、REDIS_CLUSTER），或者${processes === undefined ? '改用 --role all' : '只用一个进程'}。`,
    },
  ]);
}

/** Codes of errors that only another setting fixes. */
const MISCONFIGURED: ReadonlySet<string> = new Set(['redis_refused', 'handlers_missing']);

/** Prints why the start failed, on one screen, with a stack only for a bug. Returns the exit code. */
function reportStartFailure(error: unknown, language: Language): number {
  const say = (words: Words): void => void process.stderr.write(`${words[language]}\n`);
  if (error instanceof ConfigInvalid) {
    process.stderr.write(`${error.messageIn(language)}\n`);
    return EXIT_CONFIG;
  }
  const tooFewFiles = explainTooFewFiles(error);
  if (tooFewFiles !== undefined) {
    say(tooFewFiles);
    return 1;
  }
  if (error instanceof AppError) {
    say({
      en: `The server cannot start: ${error.messageIn('en')}`,
      zh: `服务无法启动：${error.messageIn('zh')}`,
    });
    return MISCONFIGURED.has(error.code) ? EXIT_CONFIG : 1;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  say({
    en: `The server cannot start because of an error of its own:\n${stack}`,
    zh: `服务自身出错，无法启动：\n${stack}`,
  });
  return 1;
}

/** Ends the process soon, even if a handler ignores its signal: the queue has its work. */
function exitSoon(code: number): void {
  setTimeout(() => process.exit(code), 100).unref();
}

/**
 * Resolves with the exit code after a signal stopped the app. A second signal ends the process at once. SIGHUP reloads
 * the settings; from a terminal it stops the app, too.
 */
function handleSignals(
  app: App,
  {
    log,
    limitMs,
    beforeExit,
    onReload,
  }: {
    log: Pick<Logger, 'info' | 'error'>;
    limitMs: number;
    beforeExit: () => void;
    onReload: () => void;
  },
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
      }, limitMs).unref();
      app.stop().then(
        () => {
          log.info({}, 'stopped');
          beforeExit();
          resolve(0);
          exitSoon(0);
        },
        (error: unknown) => {
          log.error({ err: error }, 'stop failed: what was promised is in the queue');
          beforeExit();
          resolve(1);
          exitSoon(1);
        },
      );
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
    // A closed terminal sends the same signal, and then the process should stop.
    process.on('SIGHUP', (signal) => (process.stdin.isTTY ? onSignal(signal) : onReload()));
  });
}
