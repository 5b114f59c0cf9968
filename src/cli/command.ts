import { AppError } from '../protocol/app-error.js';
import type { Language, Words } from '../protocol/words.js';

/** Output of a command: results go to `out`, all other texts to `err`. Sentences exist in both languages. */
export interface Terminal {
  readonly language: Language;
  /** Set if `--lang` was given. */
  readonly askedLanguage?: Language;
  /** A plain text is data, such as JSON or a table of names. */
  out(text: string | Words): void;
  err(text: string | Words): void;
}

/** The output streams of a process, or of a test. */
export interface Output {
  out(line: string): void;
  err(line: string): void;
}

/** Creates a terminal with one language. */
export function openTerminal(output: Output, language: Language, asked?: Language): Terminal {
  const say = (text: string | Words): string => (typeof text === 'string' ? text : text[language]);
  return {
    language,
    ...(asked !== undefined && { askedLanguage: asked }),
    out: (text) => output.out(say(text)),
    err: (text) => output.err(say(text)),
  };
}

/** A command of `wechat-callback`. */
export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: Words;
  /** The text that `--help` prints. */
  readonly usage: Words;
  /** Resolves with the exit code. */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** The exit codes of every command. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, configuration: 78 } as const;

/** The command line is invalid. Exit code 2. */
export class UsageInvalid extends AppError {
  readonly code = 'usage_invalid';
  // oxlint-disable-next-line eslint/no-useless-constructor -- it takes no message in one language
  constructor(message: Words) {
    super(message);
  }
}
