import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Logger } from '../ports/logger.js';
import { AppError } from '../protocol/app-error.js';
import type { Words } from '../protocol/words.js';
import { checkModule, type CheckedModule } from './check-module.js';
import { findHandlerFiles, type HandlerFile } from './handler-files.js';
import { explainImportFailure } from './import-failure.js';
import { registerTypeScript } from './load-typescript.js';
import type { LoadedHandlers } from './registry.js';

/** A fault of one handler file. */
export interface HandlerFault {
  readonly file: string;
  /** Describes the fault and what to do, without the file's name. */
  readonly text: string;
  /** The same in Chinese. */
  readonly zh: string;
}

/** A fault of a file, out of its sentence in both languages. */
export const handlerFault = (file: string, { en, zh }: Words): HandlerFault => ({ file, text: en, zh });

/** Some handler files are invalid. The message lists all faults, one per line. */
export class HandlerInvalid extends AppError {
  readonly code: string = 'handler_invalid';
  readonly faults: readonly HandlerFault[];
  constructor(dir: string, faults: readonly HandlerFault[]) {
    super({
      en: `The handlers in ${dir} cannot be used:${faults.map(({ file, text }) => `\n  ${file}: ${text}`).join('')}`,
      zh: `${dir} 里的处理模块无法使用：${faults.map(({ file, zh }) => `\n  ${file}：${zh}`).join('')}`,
    });
    this.faults = faults;
  }
}

/** The directory of handlers is absent. Exit code 78. */
export class HandlersMissing extends HandlerInvalid {
  override readonly code = 'handlers_missing';
  constructor(dir: string) {
    super(dir, [
      handlerFault(dir, {
        en: 'is not there: make it (wechat-callback new-handler message.text hello), set HANDLERS_DIR to another folder, or try the demo handlers (wechat-callback serve --demo)',
        zh: '不存在：请建立这个目录，放入处理模块；或者把 HANDLERS_DIR 设为别的目录；或者先试演示处理模块（wechat-callback serve --demo）',
      }),
    ]);
  }
}

export interface LoadOptions {
  readonly log: Logger;
  /** Returns the URL for the import of a file. A reload uses another one. */
  readonly url?: (path: string) => string;
}

/**
 * Imports every handler and observer of a directory and its subdirectories.
 *
 * @throws HandlerInvalid naming every invalid file, with line if known
 * @throws HandlersMissing
 */
export async function loadHandlers(folder: string, options: LoadOptions): Promise<LoadedHandlers> {
  const dir = resolve(folder);
  const url = options.url ?? ((path: string) => pathToFileURL(path).href);
  const files = await findHandlerFiles(dir).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') throw new HandlersMissing(dir);
    throw new HandlerInvalid(dir, [
      handlerFault(dir, {
        en: `cannot be read (${codeOf(error)}): set HANDLERS_DIR`,
        zh: `无法读取（${codeOf(error)}）：请设置 HANDLERS_DIR`,
      }),
    ]);
  });
  if (files.some(({ path }) => path.endsWith('ts'))) await registerTypeScript(dir);
  const checked = await Promise.all(
    files.map(async (file) => ({ file, result: await importFile(dir, file, url(file.path)) })),
  );

  const faults = [
    ...checked.flatMap(({ file, result }) =>
      result.type === 'fault' ? [handlerFault(file.path, result.fault)] : [],
    ),
    ...twins(files),
  ];
  if (faults.length > 0) throw new HandlerInvalid(dir, faults);
  if (files.length === 0) options.log.warn({ dir }, 'no handlers: the folder is empty');
  return {
    handlers: checked.flatMap(({ result }) => (result.type === 'handler' ? [result.handler] : [])),
    observers: checked.flatMap(({ result }) => (result.type === 'observer' ? [result.observer] : [])),
  };
}

async function importFile(dir: string, file: HandlerFile, url: string): Promise<CheckedModule> {
  try {
    const loaded: { readonly default?: unknown } = await import(url);
    return checkModule(file, loaded);
  } catch (error) {
    return { type: 'fault', fault: await explainImportFailure(error, dir, file.path) };
  }
}

/** Finds files with the same name, such as `a.ts` and `a.js`. */
const twins = (files: readonly HandlerFile[]): HandlerFault[] =>
  files.flatMap(({ name, path }, index) => {
    const before = files[index - 1];
    return before?.name === name
      ? [
          handlerFault(path, {
            en: `has the same name as ${before.path}, and every handler needs its own name: remove one`,
            zh: `和 ${before.path} 同名，处理模块不能重名：请删掉一个`,
          }),
        ]
      : [];
  });

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
