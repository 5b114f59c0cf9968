import { readFileSync } from 'node:fs';
import { terminalLanguage } from './config/terminal-language.js';
import type { Words } from './protocol/words.js';

/* Imports next to nothing of ours: loading the modules of the server is what comes first to the limit. */

/** Files that the server itself needs: journal, Redis, calls to WeChat's API, handlers. */
const RESERVED = 128;

/** Returns the limit of open files; `undefined` if unknown. Node raises it to the hard limit. */
export function readOpenFileLimit(): number | undefined {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined; // not Linux
  }
}

/** Returns the number of connections that leaves enough files for the server itself. */
export function connectionsWithin(wanted: number, openFiles: number | undefined): number {
  if (openFiles === undefined) return wanted;
  return Math.min(wanted, Math.max(openFiles - RESERVED, Math.floor(openFiles / 4)));
}

/** With fewer files, not even the modules of the server can be loaded. */
const LEAST_OPEN_FILES = 192;

/** Returns advice if the limit is too low; `undefined` if it is sufficient or unknown. */
function explainLowLimit(openFiles: number | undefined): Words | undefined {
  return openFiles === undefined || openFiles >= LEAST_OPEN_FILES ? undefined : explain(`${openFiles}`);
}

/** Returns advice for an error caused by the limit; `undefined` for any other error. */
export function explainTooFewFiles(error: unknown): Words | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && (cause.code === 'EMFILE' || cause.code === 'ENFILE')) return explain(cause.code);
  return undefined;
}

const explain = (seen: string): Words => ({
  en:
    `The server cannot start: this process is not allowed to open as many files as it needs, connections included (${seen}).\n` +
    '  See the limit:       ulimit -Hn\n' +
    '  Raise it in a shell: ulimit -n 65536\n' +
    '  For a service:       LimitNOFILE=65536 (systemd), --ulimit nofile=65536 (docker)',
  zh:
    `服务无法启动：本进程可以打开的文件太少，连接也算在内（${seen}）。\n` +
    '  查看上限：      ulimit -Hn\n' +
    '  在 shell 里提高：ulimit -n 65536\n' +
    '  作为服务运行时：LimitNOFILE=65536（systemd），--ulimit nofile=65536（docker）',
});

/** Runs a program that loads its modules itself, and explains a limit that is too low. Sets the exit code. */
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
  process.stderr.write(`${sentence[terminalLanguage(process.env)]}\n`);
  process.exitCode = 1;
}
