import { packageVersion } from '../package-version.js';
import type { Words } from '../protocol/words.js';
import { exitCodes, type Command, type Output } from './command.js';
import { runCommand, takeLanguage } from './run-command.js';

/**
 * Runs a command as a program with a name of its own (`wechat-sandbox`), which its help then says. Resolves with the
 * exit code.
 */
export async function runAlone(
  command: Command,
  program: string,
  args: readonly string[],
  output: Output,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const { words, terminal, exitCode } = takeLanguage(args, output, env);
  if (exitCode !== undefined) return exitCode;
  if (words.includes('--version') || words.includes('-v')) {
    terminal.out(packageVersion());
    return exitCodes.ok;
  }
  const called = (text: string): string => text.replaceAll(`wechat-callback ${command.name}`, program);
  const usage: Words = { en: called(command.usage.en), zh: called(command.usage.zh) };
  return runCommand({ ...command, usage }, words, terminal);
}

/** Runs it as this process, to its end. */
export async function runAsProcess(command: Command, program: string): Promise<void> {
  process.exitCode = await runAlone(command, program, process.argv.slice(2), {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
  });
  // A connection that is still open would keep the process. The output is written by now.
  setTimeout(() => process.exit(), 200).unref();
}
