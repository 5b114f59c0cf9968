import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AppError } from '../protocol/app-error.js';
import type { Language, Words } from '../protocol/words.js';
import { findModules } from './handler-files.js';

const NEEDS_TYPESCRIPT: Words = {
  en: 'is TypeScript, which this Node cannot load: install tsx (npm install tsx), use Node 22.18 or newer and name imported files with .ts, or build it and set HANDLERS_DIR to the .js files',
  zh: '是 TypeScript，当前的 Node 无法加载：请安装 tsx（npm install tsx）；或者用 Node 22.18 及更新的版本，导入的文件名写 .ts；或者先编译，再把 HANDLERS_DIR 设为 .js 文件所在的目录',
};

const IS_COMMONJS: Words = {
  en: 'is an ES module (it has import or export), but its package.json makes it CommonJS: set "type": "module" there, or name the file .mjs (.mts for TypeScript)',
  zh: '是 ES 模块（用了 import 或 export），但它的 package.json 规定按 CommonJS 加载：请在其中设置 "type": "module"，或者把文件名改为 .mjs（TypeScript 用 .mts）',
};

/** Explains why a handler could not be imported, with file and line of the cause if known. */
export async function explainImportFailure(error: unknown, dir: string, file: string): Promise<Words> {
  if (isTypeScriptTrouble(error, file)) return NEEDS_TYPESCRIPT;
  const place = placeIn(error, dir) ?? (await placeOfSyntaxError(error, dir));
  const at = place === undefined ? '' : `\n    at ${place}`;
  if (isModuleSyntax(error)) return { en: IS_COMMONJS.en + at, zh: IS_COMMONJS.zh + at };
  const why = (language: Language): string => withoutGeneration(describe(error, language)) + at;
  return { en: `cannot be imported: ${why('en')}`, zh: `无法导入：${why('zh')}` };
}

function describe(error: unknown, language: Language): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error instanceof AppError ? error.messageIn(language) : error.message}`;
}

/**
 * True if Node failed on TypeScript without a loader: on the extension, the syntax, or an import of `./x.js` that is
 * `./x.ts`.
 */
function isTypeScriptTrouble(error: unknown, file: string): boolean {
  if (!/\.[cm]?ts$/.test(file) || !(error instanceof Error) || !('code' in error)) return false;
  if (error.code === 'ERR_MODULE_NOT_FOUND' && 'url' in error)
    return existsSync(withoutGeneration(fileURLToPath(String(error.url))).replace(/js$/, 'ts'));
  return error.code === 'ERR_UNKNOWN_FILE_EXTENSION' || error.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX';
}

/** True if CommonJS met the syntax of ES modules. */
const isModuleSyntax = (error: unknown): boolean =>
  error instanceof SyntaxError &&
  /^(?:Cannot use import statement outside a module|Unexpected token 'export')$/.test(error.message);

/** Finds the first `file:line` within the directory in message or stack. */
function placeIn(error: unknown, dir: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const text = withoutGeneration(`${error.message}\n${error.stack ?? ''}`);
  const bases = [dir, pathToFileURL(dir).pathname].map((base) =>
    base.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  const found = new RegExp(`(?:${bases.join('|')})[\\\\/]([^:\\n]+?):(\\d+)`).exec(text);
  return found?.[1] === undefined ? undefined : `${join(dir, decodeURI(found[1]))}:${found[2]}`;
}

/**
 * Finds the position of a syntax error in plain JavaScript by `node --check`, because the error does not contain it.
 */
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
