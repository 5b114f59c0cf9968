import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfigForTrying } from '../config.js';
import { createRouter, type RouteRow } from '../handler-runtime/router.js';
import { loadHandlers } from '../handler-runtime/loader.js';
import { exitCodes, type Command, type Terminal } from './command.js';
import { parseOptions } from './parse-options.js';

/** Prints which handler hears what. */
export const routes: Command = {
  name: 'routes',
  summary: 'prints which handler answers which push',
  usage: `Usage: wechat-callback routes [--json]

Prints the routing table of HANDLERS_DIR. Lines for the same pushes are in the order in which they are asked:
the exact kind before its family before *; with "when" before without; then by name.

  --json  the same as JSON`,

  async run(args, terminal) {
    const { values } = parseOptions(args, { json: { type: 'boolean', default: false } });
    const { config } = readConfigForTrying();
    const loaded = await loadHandlers(config.handlersDir ?? ownHandlersDir(), { log: warningsTo(terminal) });
    const rows = createRouter(loaded.handlers, loaded.observers).table();
    terminal.out(values.json ? JSON.stringify(rows, undefined, 2) : formatTable(rows));
    return exitCodes.ok;
  },
};

/** The table for people: columns as wide as their widest cell. */
export function formatTable(rows: readonly RouteRow[]): string {
  const cells = [
    ['ON', 'NAME', 'TYPE', 'WHEN', 'LATER', 'FILE'],
    ...rows.map(({ on, name, type, conditional, later, file }) => [
      on,
      name,
      type,
      conditional ? 'when' : '-',
      later ? 'later' : '-',
      file,
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `handlers/` of the checkout, `dist/handlers` once compiled; else the one in the working directory. */
function ownHandlersDir(): string {
  const own = fileURLToPath(new URL(join('..', '..', 'handlers'), import.meta.url));
  return existsSync(own) ? own : './handlers';
}

const warningsTo = (terminal: Terminal) => {
  const log = {
    debug() {},
    info() {},
    warn: (_: object, message: string) => terminal.err(message),
    error: (_: object, message: string) => terminal.err(message),
    child: () => log,
  };
  return log;
};
