import { readFileSync } from 'node:fs';

/* Imports nothing of ours: loading the modules of the server is what comes first to the limit. */

/** Files that the server itself needs: journal, Redis, calls to WeChat's API, handlers. */
const RESERVED = 128;

/** How many files this process may open; `undefined` where the system does not say. Node raises it to the hard limit. */
export function readOpenFileLimit(): number | undefined {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined; // not Linux
  }
}

/** Connections that may be held so that the server's own files stay open. */
export function connectionsWithin(wanted: number, openFiles: number | undefined): number {
  if (openFiles === undefined) return wanted;
  return Math.min(wanted, Math.max(openFiles - RESERVED, Math.floor(openFiles / 4)));
}

/** With fewer, not even the modules of the server can be loaded. */
const LEAST_OPEN_FILES = 192;

/** What to do where this process may open too few files; `undefined` where there are enough, or nobody knows. */
function explainLowLimit(openFiles: number | undefined): string | undefined {
  return openFiles === undefined || openFiles >= LEAST_OPEN_FILES ? undefined : explain(`${openFiles}`);
}

/** The same for an error that comes of it; `undefined` for any other. */
export function explainTooFewFiles(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && (cause.code === 'EMFILE' || cause.code === 'ENFILE')) return explain(cause.code);
  return undefined;
}

const explain = (seen: string): string =>
  `The server cannot start: this process may not open as many files as it needs, connections included (${seen}).\n` +
  '  See the limit:       ulimit -Hn\n' +
  '  Raise it in a shell: ulimit -n 65536\n' +
  '  For a service:       LimitNOFILE=65536 (systemd), --ulimit nofile=65536 (docker)\n';

/** Runs a program that loads its modules itself, and says it in a sentence where files are too few. Sets the exit code. */
export async function runWithFiles(program: () => Promise<number>): Promise<void> {
  let sentence = explainLowLimit(readOpenFileLimit());
  if (sentence === undefined) {
    try {
      process.exitCode = await program();
      return;
    } catch (error) {
      sentence = explainTooFewFiles(error);
      if (sentence === undefined) throw error;
    }
  }
  process.stderr.write(sentence);
  process.exitCode = 1;
}
