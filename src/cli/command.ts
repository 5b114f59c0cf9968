import { AppError } from '../protocol/app-error.js';

/** Where a command writes: results to `out`, all that is said to a person besides to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

/** One command of `wechat-callback`. */
export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly usage: string;
  /** Resolves with the exit code. */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** The exit codes of every command. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, configuration: 78 } as const;

/** The command line asks for something that does not exist. Exit 2. */
export class UsageInvalid extends AppError {
  readonly code = 'usage_invalid';
}
