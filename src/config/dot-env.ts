import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigInvalid } from './config-invalid.js';
import { readTextFile, whyUnreadable } from './text-file.js';

/**
 * Adds the variables of the file `.env` in `directory` to the environment of this process; those that are set already
 * stay, empty ones included. Without such a file nothing happens.
 *
 * @throws ConfigInvalid  the file is there and cannot be read
 */
export function loadDotEnv(directory = process.cwd()): void {
  Object.assign(process.env, withDotEnv(process.env, directory));
}

/** `env` with the variables of `.env` that it does not have. @throws ConfigInvalid */
export function withDotEnv(env: NodeJS.ProcessEnv, directory = process.cwd()): NodeJS.ProcessEnv {
  const file = join(directory, '.env');
  if (!existsSync(file)) return env;
  try {
    return { ...parseEnv(plainExports(readTextFile(file))), ...env };
  } catch (error) {
    throw new ConfigInvalid([
      `${file} ${whyUnreadable(error)}. Make it a file that this process may read, or remove it.`,
    ]);
  }
}

/** Node's parser takes one blank after `export`, shells take more. */
const plainExports = (text: string): string => text.replaceAll(/^[ \t]*export[ \t]+/gm, 'export ');
