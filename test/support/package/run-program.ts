import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program of Node's that runs, or has run. */
export interface RunningProgram {
  /** Standard output so far. */
  out(): string;
  /** Standard error so far. */
  err(): string;
  /** The exit code, `null` after a signal, once it is gone and its output is read. */
  readonly ended: Promise<number | null>;
  /** Ends it, unless it is gone; resolves with the exit code. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** Runs a file with nothing in its environment but what is given. */
export function runProgram(
  file: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): RunningProgram {
  const child = spawn(process.execPath, [file, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close').then(() => child.exitCode);
  return {
    out: () => out,
    err: () => err,
    ended,
    async stop(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return ended;
    },
  };
}
