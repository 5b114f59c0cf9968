import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every TypeScript file of a folder, sub-folders included. */
export const typeScriptFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort();
