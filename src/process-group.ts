import cluster, { type Worker } from 'node:cluster';
import type { Logger } from './ports/logger.js';

/** A process that ran for this long has not failed at its start. */
const STABLE_MS = 10_000;
const RESTART_MS = { first: 500, max: 30_000 } as const;

/** Message of a process of the group once it listens. */
const READY = 'ready';

/** Tells the group that this process listens. Nothing happens where there is no group. */
export function reportReady(): void {
  if (cluster.isWorker) process.send?.(READY);
}

interface Member {
  readonly worker: Worker;
  readonly slot: number;
  readonly startedAtMs: number;
  readonly ready: Promise<boolean>;
}

/**
 * Runs `count` processes of this command on one port, which this process holds. Restarts one that dies, after a pause that
 * grows while it dies soon. SIGHUP puts a new process in the place of each, one after the other: the new one listens before the old one
 * stops, so that no connection is refused. A signal to stop is passed on.
 *
 * Each process has an admin listener of its own, on the first free port from `adminPort` on; during SIGHUP there is one more.
 *
 * Resolves with the exit code: 0 after a clean stop, that of a process which could not start.
 */
export function runProcessGroup({
  count,
  adminPort,
  log,
}: {
  readonly count: number;
  /** 0: any free one. */
  readonly adminPort: number;
  readonly log: Logger;
}): Promise<number> {
  const members = new Set<Member>();
  let isStopping = false;
  let isStarted = false;
  let failures = 0;
  cluster.setupPrimary({ exec: process.argv[1] ?? '', args: process.argv.slice(2) });

  return new Promise((resolve) => {
    let exitCode = 0;

    function start(): Member {
      const taken = new Set([...members].map(({ slot }) => slot));
      let slot = 0;
      while (taken.has(slot)) slot += 1;
      const worker = cluster.fork({ ADMIN_PORT: String(adminPort === 0 ? 0 : adminPort + slot) });
      const ready = new Promise<boolean>((settle) => {
        worker.on('message', (message: unknown) => {
          if (message === READY) settle(true);
        });
        worker.once('exit', () => settle(false));
      });
      const member = { worker, slot, startedAtMs: performance.now(), ready };
      members.add(member);
      worker.once('exit', (code, signal) => onExit(member, code, signal));
      return member;
    }

    function onExit(member: Member, code: number | null, signal: string | null): void {
      members.delete(member);
      if (code !== 0 && isStopping) exitCode ||= code ?? 1;
      if (isStopping) return void (members.size === 0 && resolve(exitCode));
      if (replaced.has(member)) return;
      if (!isStarted) return failStart(code ?? 1);
      failures = performance.now() - member.startedAtMs > STABLE_MS ? 0 : failures + 1;
      const afterMs = failures === 0 ? 0 : Math.min(RESTART_MS.max, RESTART_MS.first * 2 ** (failures - 1));
      log.error({ code, signal, afterMs }, 'process ended: another one takes its place');
      setTimeout(() => {
        if (!isStopping && members.size < count) start();
      }, afterMs);
    }

    /** The first process could not start: another one would fail as well. */
    function failStart(code: number): void {
      exitCode = code;
      stop('SIGTERM');
    }

    function stop(signal: NodeJS.Signals): void {
      if (isStopping) {
        for (const { worker } of members) worker.process.kill('SIGKILL');
        return resolve(1);
      }
      isStopping = true;
      // A terminal sends its signals to all processes; a second one would end them at once.
      const hasReachedAll = signal !== 'SIGTERM' && process.stdin.isTTY;
      if (!hasReachedAll) for (const { worker } of members) worker.process.kill('SIGTERM');
      if (members.size === 0) resolve(exitCode);
    }

    const replaced = new WeakSet<Member>();
    let reloading: Promise<void> | undefined;

    async function reloadAll(): Promise<void> {
      log.info({}, 'reload began: a new process takes the place of each');
      const former = [...members];
      for (const old of former) {
        if (isStopping) return;
        const next = start();
        replaced.add(next); // its end before it is ready is reported below
        if (!(await next.ready)) {
          log.error({}, 'reload failed: the new process could not start, and the others go on as they are');
          return;
        }
        replaced.delete(next);
        replaced.add(old);
        const gone = new Promise((ended) => old.worker.once('exit', ended));
        old.worker.process.kill('SIGTERM');
        await gone;
      }
      log.info({}, 'reload done');
    }

    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('SIGHUP', (signal) => {
      // A terminal that is closed sends the same signal, and leaves nobody to serve for.
      if (process.stdin.isTTY) return stop(signal);
      reloading ??= reloadAll().finally(() => (reloading = undefined));
    });

    // The first one alone: a fault of the configuration is told once.
    void start().ready.then((isReady) => {
      if (!isReady) return;
      isStarted = true;
      while (members.size < count) start();
    });
  });
}
