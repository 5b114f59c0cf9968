import { ConfigInvalid } from '../config/config-invalid.js';
import { terminalLanguage } from '../config/terminal-language.js';
import { AppError } from '../protocol/app-error.js';
import type { Words } from '../protocol/words.js';
import {
  exitCodes,
  openTerminal,
  UsageInvalid,
  type Command,
  type Output,
  type Terminal,
} from './command.js';

/**
 * Runs one command with its arguments, or prints its help. Errors are printed on one screen; only a bug has a stack.
 * Resolves with the exit code.
 */
export async function runCommand(
  command: Command,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    terminal.out(command.usage);
    return exitCodes.ok;
  }
  try {
    return await command.run(args, terminal);
  } catch (error) {
    return explain(error, command, args, terminal);
  }
}

const HINT: Words = { en: '--help explains all of it.', zh: '用 --help 查看全部说明。' };

function explain(error: unknown, command: Command, args: readonly string[], terminal: Terminal): number {
  if (!(error instanceof AppError)) {
    terminal.err(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return exitCodes.failed;
  }
  const message = error.messageIn(terminal.language);
  if (error instanceof UsageInvalid) {
    const usage = command.usage[terminal.language];
    // A page of help after one wrong option would push its fault off the screen.
    const help = args.length === 0 ? usage : `${usage.split('\n', 1)[0]}\n${HINT[terminal.language]}`;
    terminal.err(`${message}\n\n${help}`);
    return exitCodes.usage;
  }
  terminal.err(message);
  return error instanceof ConfigInvalid ? exitCodes.configuration : exitCodes.failed;
}

/** Removes `--lang` from a command line, at any position, and opens the terminal. `exitCode`: an unknown language. */
export function takeLanguage(
  args: readonly string[],
  output: Output,
  env: NodeJS.ProcessEnv,
): { readonly words: readonly string[]; readonly terminal: Terminal; readonly exitCode?: number } {
  const at = args.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const word = args[at];
  const isApart = word === '--lang';
  const value = isApart ? (args[at + 1] ?? '') : word?.slice('--lang='.length);
  const words = word === undefined ? args : args.toSpliced(at, isApart ? 2 : 1);
  if (value === 'zh' || value === 'en') return { words, terminal: openTerminal(output, value, value) };
  const terminal = openTerminal(output, terminalLanguage(env));
  if (value === undefined) return { words, terminal };
  terminal.err({ en: `--lang ${value}: zh or en.`, zh: `--lang ${value}：只能是 zh 或 en。` });
  return { words, terminal, exitCode: exitCodes.usage };
}
