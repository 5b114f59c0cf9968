import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findModules } from './handler-files.js';

const NEEDS_TYPESCRIPT =
  'is TypeScript, which this Node cannot load: build it and point HANDLERS_DIR at the .js files (npm run build, dist/handlers), run with `node --import tsx`, or write it as .mjs';

/** Why a handler could not be imported, with file and line of the place that is to blame where they can be found. */
export async function explainImportFailure(error: unknown, dir: string, file: string): Promise<string> {
  if (isTypeScriptTrouble(error, file)) return NEEDS_TYPESCRIPT;
  const place = placeIn(error, dir) ?? (await placeOfSyntaxError(error, dir));
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `cannot be imported: ${withoutGeneration(what)}${place === undefined ? '' : `\n    at ${place}`}`;
}

/** Without a loader for TypeScript, Node stumbles over the file, its syntax, or an import of `./x.js` that is `./x.ts`. */
function isTypeScriptTrouble(error: unknown, file: string): boolean {
  if (!/\.m?ts$/.test(file) || !(error instanceof Error) || !('code' in error)) return false;
  if (error.code === 'ERR_MODULE_NOT_FOUND' && 'url' in error)
    return existsSync(withoutGeneration(fileURLToPath(String(error.url))).replace(/js$/, 'ts'));
  return error.code === 'ERR_UNKNOWN_FILE_EXTENSION' || error.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX';
}

/** The first `file:line` inside the folder that message or stack mention. */
function placeIn(error: unknown, dir: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const text = withoutGeneration(`${error.message}\n${error.stack ?? ''}`);
  const bases = [dir, pathToFileURL(dir).pathname].map((base) =>
    base.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  const found = new RegExp(`(?:${bases.join('|')})[\\\\/]([^:\\n]+?):(\\d+)`).exec(text);
  return found?.[1] === undefined ? undefined : `${join(dir, decodeURI(found[1]))}:${found[2]}`;
}

/** A syntax error in plain JavaScript carries no place; Node's own check prints it. */
async function placeOfSyntaxError(error: unknown, dir: string): Promise<string | undefined> {
  if (!(error instanceof SyntaxError)) return undefined;
  const scripts = (await findModules(dir)).filter((path) => path.endsWith('js'));
  const checks = await Promise.all(scripts.map(checkSyntax));
  return checks.find((place) => place !== undefined);
}

const checkSyntax = (path: string): Promise<string | undefined> =>
  new Promise((settle) => {
    execFile(process.execPath, ['--check', path], { timeout: 10_000 }, (_failed, _out, complaint) => {
      const line = new RegExp(`^.*${path.split(/[\\/]/).pop()?.replaceAll('.', '\\.')}:(\\d+)`).exec(
        complaint,
      )?.[1];
      settle(line === undefined ? undefined : `${path}:${line}`);
    });
  });

const withoutGeneration = (text: string): string => text.replaceAll(/[?&]generation=\d+/g, '');
