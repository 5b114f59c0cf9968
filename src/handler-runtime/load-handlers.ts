import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Logger } from '../ports/logger.js';
import { AppError } from '../protocol/app-error.js';
import { checkModule, type CheckedModule } from './check-module.js';
import { findHandlerFiles, type HandlerFile } from './handler-files.js';
import { explainImportFailure } from './import-failure.js';
import type { LoadedHandlers } from './registry.js';

/** One thing that is wrong with the folder of handlers. */
export interface HandlerFault {
  readonly file: string;
  /** Says what is wrong with the file and what to do; the file's name stands before it. */
  readonly text: string;
}

/** Files that should hold handlers do not. All faults at once, one a line. */
export class HandlerInvalid extends AppError {
  readonly code = 'handler_invalid';
  readonly faults: readonly HandlerFault[];
  constructor(dir: string, faults: readonly HandlerFault[]) {
    const lines = faults.map(({ file, text }) => `\n  ${file}: ${text}`);
    super(`The handlers in ${dir} cannot be used:${lines.join('')}`);
    this.faults = faults;
  }
}

export interface LoadOptions {
  readonly log: Logger;
  /** Makes the URL that a file is imported by: a reload imports it anew under another one. */
  readonly url?: (path: string) => string;
}

/**
 * Imports every handler and observer of a folder, sub-folders included.
 *
 * @throws HandlerInvalid naming every file at fault, with line where known
 */
export async function loadHandlers(folder: string, options: LoadOptions): Promise<LoadedHandlers> {
  const dir = resolve(folder);
  const url = options.url ?? ((path: string) => pathToFileURL(path).href);
  const files = await findHandlerFiles(dir).catch((error: unknown) => {
    throw new HandlerInvalid(dir, [
      { file: dir, text: `cannot be read (${codeOf(error)}): set HANDLERS_DIR` },
    ]);
  });
  const checked = await Promise.all(
    files.map(async (file) => ({ file, result: await importFile(dir, file, url(file.path)) })),
  );

  const faults = [
    ...checked.flatMap(({ file, result }) =>
      result.type === 'fault' ? [{ file: file.path, text: result.fault }] : [],
    ),
    ...twins(files),
  ];
  if (faults.length > 0) throw new HandlerInvalid(dir, faults);
  if (files.length === 0)
    options.log.warn({ dir }, 'the folder of handlers is empty: every push is answered with silence');
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

/** Files that claim the name of another one: `a.ts` beside `a.js`. */
const twins = (files: readonly HandlerFile[]): HandlerFault[] =>
  files.flatMap(({ name, path }, index) => {
    const before = files[index - 1];
    return before?.name === name
      ? [{ file: path, text: `has the same name as ${before.path}, and a name is a handler: remove one` }]
      : [];
  });

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
