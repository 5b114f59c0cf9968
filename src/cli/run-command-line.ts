import { suggestName } from '../config/suggest-name.js';
import { ConfigInvalid } from '../config/config-invalid.js';
import { AppError } from '../protocol/app-error.js';
import { accessPoints } from './access-points.js';
import { alarms } from './alarms.js';
import { exitCodes, UsageInvalid, type Command, type Terminal } from './command.js';
import { conformance } from './conformance.js';
import { deadLetters } from './dead-letters.js';
import { menu } from './menu.js';
import { quota } from './quota.js';
import { report } from './report.js';
import { routes } from './routes.js';
import { sandbox } from './sandbox.js';
import { send } from './send.js';
import { serve } from './serve.js';
import { packageVersion } from '../package-version.js';
import { template } from './template.js';
import { token } from './token.js';
import { users } from './users.js';

const commands: readonly Command[] = [
  serve,
  send,
  routes,
  sandbox,
  conformance,
  token,
  accessPoints,
  menu,
  template,
  users,
  quota,
  deadLetters,
  report,
  alarms,
];

/**
 * Runs one command line (without node and script) and resolves with its exit code. Whatever goes wrong is said on
 * `terminal.err`, in one screen; only a fault of our own comes with a stack.
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    terminal.err(overview());
    return exitCodes.usage;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    terminal.out(overview());
    return exitCodes.ok;
  }
  if (name === '--version' || name === '-v') {
    terminal.out(packageVersion());
    return exitCodes.ok;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const nearest = suggestName(
      name,
      commands.map((known) => known.name),
      2,
    );
    terminal.err(
      `Unknown command "${name}".${nearest === undefined ? '' : ` Is "${nearest}" meant?`}\n\n${overview()}`,
    );
    return exitCodes.usage;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.out(command.usage);
    return exitCodes.ok;
  }
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    return explain(error, command, terminal);
  }
}

function explain(error: unknown, command: Command, terminal: Terminal): number {
  if (error instanceof UsageInvalid) {
    terminal.err(`${error.message}\n\n${command.usage}`);
    return exitCodes.usage;
  }
  if (error instanceof ConfigInvalid) {
    terminal.err(error.message);
    return exitCodes.configuration;
  }
  if (error instanceof AppError) terminal.err(error.message);
  else terminal.err(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCodes.failed;
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Usage: wechat-callback <command> [options]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'wechat-callback <command> --help explains one. Configuration: environment, or .env in the working directory.',
  ].join('\n');
}
