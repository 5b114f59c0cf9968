import { spawn, type ChildProcess } from 'node:child_process';

/** A process that does not stop by itself (the server has 10 s) is killed. */
const STOP_LIMIT_MS = 12_000;

/**
 * Runs commands of this program concurrently, each in its own process, until one ends or a signal arrives. Resolves
 * with the exit code. The processes end with this one, however it ends.
 */
export function runTogether(
  commands: readonly (readonly string[])[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const [, program = ''] = process.argv;
  const children = commands.map((args) =>
    spawn(process.execPath, [...process.execArgv, program, ...args], {
      // The channel lets them detect the end of this process: stop-with-parent.ts.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...env, STOP_WITH_CHANNEL: '1' },
    }),
  );
  return new Promise((resolve) => {
    let exitCode: number | undefined;
    const stopAll = (code: number): void => {
      if (exitCode !== undefined) return;
      exitCode = code;
      for (const child of children) if (isRunning(child)) child.kill('SIGTERM');
      setTimeout(() => {
        for (const child of children) if (isRunning(child)) child.kill('SIGKILL');
      }, STOP_LIMIT_MS).unref();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        // Ctrl-C reaches the whole process group, and a second signal would cut the server's stop short.
        if (signal === 'SIGINT' && process.stdin.isTTY) exitCode ??= 0;
        else stopAll(0);
      });
    }
    let running = children.length;
    for (const child of children) {
      // What one says is for the others: the sandbox shows which handler answered.
      child.on('message', (message) => {
        for (const other of children) if (other !== child && other.connected) other.send(message);
      });
      const onEnd = (code: number): void => {
        stopAll(code);
        running -= 1;
        if (running === 0) resolve(exitCode ?? code);
      };
      child.once('error', (error) => {
        process.stderr.write(`A process cannot be started: ${error.message}\n`);
        onEnd(1);
      });
      child.once('exit', (code) => onEnd(code ?? 1));
    }
  });
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode === null && signalCode === null;
