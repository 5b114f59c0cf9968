import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigInvalid } from './config-invalid.js';
import { readTextFile, whyUnreadable } from './text-file.js';

/**
 * Adds the variables of `.env` in `directory` to the environment of this process. Variables that are set already stay,
 * even empty ones. Does nothing without such a file.
 *
 * @throws ConfigInvalid  the file exists but cannot be read
 */
export function loadDotEnv(directory = process.cwd()): void {
  Object.assign(process.env, withDotEnv(process.env, directory));
}

/** Returns `env` with the missing variables from `.env`. @throws ConfigInvalid */
export function withDotEnv(env: NodeJS.ProcessEnv, directory = process.cwd()): NodeJS.ProcessEnv {
  const file = join(directory, '.env');
  if (!existsSync(file)) return env;
  try {
    return { ...parseEnv(plainExports(readTextFile(file))), ...env };
  } catch (error) {
    const why = whyUnreadable(error);
    throw new ConfigInvalid([
      {
        en: `${file} ${why.en}. Make it a file that this process may read, or remove it.`,
        zh: `${file} ${why.zh}。请改成本进程可以读取的文件，或者删掉它。`,
      },
    ]);
  }
}

/** Node's parser allows one blank after `export`, shells allow more. */
const plainExports = (text: string): string => text.replaceAll(/^[ \t]*export[ \t]+/gm, 'export ');
