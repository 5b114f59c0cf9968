import { readConfigForTrying } from '../config/config.js';
import { createRouter, type RouteRow } from '../handler-runtime/router.js';
import { loadHandlers } from '../handler-runtime/load-handlers.js';
import { loadDemo } from '../load-demo.js';
import type { Language } from '../protocol/words.js';
import { exitCodes, type Command, type Terminal } from './command.js';
import { parseOptions } from './parse-options.js';
import { formatColumns } from './table.js';

/** Prints the routing table of the handlers. */
export const routes: Command = {
  name: 'routes',
  summary: {
    en: 'prints which handler answers which push',
    zh: '显示每种推送由哪个处理模块回复',
  },
  usage: {
    en: `Usage: wechat-callback routes [--json] [--demo]

Prints the routing table of HANDLERS_DIR, by default ./handlers. Handlers of the same push are listed in the order in which they are asked:
the exact kind before its family before *; those with "when" before those without; those that are
bound to accounts before the others; then by name.

  --json  the same as JSON
  --demo  also those that serve --demo adds`,
    zh: `用法：wechat-callback routes [--json] [--demo]

显示 HANDLERS_DIR 的路由表，默认是 ./handlers。同一种推送的处理模块按匹配的先后排列：先是具体类型，
再是它的大类，最后是 *；有 when 的在没有 when 的前面；限定了账号的在没有限定的前面；其余按名称。

  --json  同样的内容，JSON 格式
  --demo  也包括 serve --demo 加上的演示处理模块`,
  },

  async run(args, terminal) {
    const { values } = parseOptions(args, {
      json: { type: 'boolean', default: false },
      demo: { type: 'boolean', default: false },
    });
    const { config } = readConfigForTrying();
    const log = warningsTo(terminal);
    const own = await loadHandlers(config.handlersDir, { log });
    const all = values.demo ? [own, await loadDemo(log)] : [own];
    const rows = createRouter(
      all.flatMap(({ handlers }) => handlers),
      all.flatMap(({ observers }) => observers),
    ).table();
    terminal.out(values.json ? JSON.stringify(rows, undefined, 2) : formatTable(rows, terminal.language));
    return exitCodes.ok;
  },
};

/** Place of the column. */
const ACCOUNTS = 4;
const HEAD = {
  en: ['ON', 'NAME', 'TYPE', 'WHEN', 'ACCOUNTS', 'LATER', 'FILE'],
  zh: ['推送', '名称', '类型', '条件', '账号', '延后', '文件'],
} as const;

/** Formats the table, with columns as wide as their widest cell. Accounts have a column only where a row names some. */
export function formatTable(rows: readonly RouteRow[], language: Language = 'en'): string {
  const areBound = rows.some(({ accounts }) => accounts !== undefined);
  const cells = [
    HEAD[language],
    ...rows.map(({ on, name, type, conditional, accounts, later, file }) => [
      on,
      name,
      type,
      conditional ? 'when' : '-',
      accounts?.join(' ') ?? '-',
      later ? 'later' : '-',
      file,
    ]),
  ];
  return formatColumns(cells.map((row) => row.filter((_, column) => areBound || column !== ACCOUNTS)));
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
