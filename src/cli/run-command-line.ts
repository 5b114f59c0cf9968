import { suggestName } from '../config/suggest-name.js';
import type { Language, Words } from '../protocol/words.js';
import { accessPoints } from './access-points.js';
import { alarms } from './alarms/alarms.js';
import { exitCodes, type Command, type Output } from './command.js';
import { call } from './calls/call.js';
import { draft } from './calls/draft.js';
import { mass } from './calls/mass.js';
import { message } from './calls/message.js';
import { qrcode } from './calls/qr-code.js';
import { conformance } from './conformance.js';
import { deadLetters } from './dead-letters/dead-letters.js';
import { dev } from './dev/dev.js';
import { doctor } from './doctor/doctor.js';
import { fixture } from './fixture.js';
import { newHandler } from './new-handler/new-handler.js';
import { init } from './init/init.js';
import { menu } from './menu/menu.js';
import { quota } from './quota/quota.js';
import { replay } from './replay/replay.js';
import { report } from './report/report.js';
import { routes } from './routes.js';
import { runCommand, takeLanguage } from './run-command.js';
import { sandbox } from './sandbox/sandbox.js';
import { send } from './send.js';
import { serve } from './serve.js';
import { packageVersion } from '../package-version.js';
import { template } from './template.js';
import { token } from './token.js';
import { users } from './users/users.js';

const commands: readonly Command[] = [
  init,
  dev,
  serve,
  send,
  routes,
  newHandler,
  sandbox,
  conformance,
  token,
  accessPoints,
  menu,
  call,
  message,
  template,
  mass,
  draft,
  qrcode,
  users,
  quota,
  deadLetters,
  doctor,
  report,
  alarms,
  replay,
  fixture,
];

/**
 * Runs one command line (without node and script) and resolves with its exit code. Errors are printed on `output.err`,
 * on one screen; only a bug has a stack.
 */
export async function runCommandLine(
  args: readonly string[],
  output: Output,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const { words, terminal, exitCode } = takeLanguage(args, output, env);
  if (exitCode !== undefined) return exitCode;
  const [name, ...rest] = words;
  if (name === undefined) {
    terminal.err(overview);
    return exitCodes.usage;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    terminal.out(overview);
    return exitCodes.ok;
  }
  if (name === '--version' || name === '-v') {
    terminal.out(packageVersion());
    return exitCodes.ok;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const known = commands.map((candidate) => candidate.name);
    const nearest = suggestName(name, known, 2);
    terminal.err({
      en: `Unknown command "${name}".${nearest === undefined ? '' : ` Did you mean "${nearest}"?`}\n\n${overview.en}`,
      zh: `没有 "${name}" 这个命令。${nearest === undefined ? '' : `是不是 "${nearest}"？`}\n\n${overview.zh}`,
    });
    return exitCodes.usage;
  }
  return runCommand(command, rest, terminal);
}

const width = Math.max(...commands.map(({ name }) => name.length));
const summaries = (language: Language): readonly string[] =>
  commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary[language]}`);

const overview: Words = {
  en: [
    'Usage: wechat-callback <command> [options]',
    '',
    ...summaries('en'),
    '',
    'wechat-callback <command> --help explains one. --lang zh|en chooses the language (default: by LC_ALL or LANG).',
    'Configuration: environment, or .env in the working directory.',
  ].join('\n'),
  zh: [
    '用法：wechat-callback <命令> [选项]',
    '',
    ...summaries('zh'),
    '',
    'wechat-callback <命令> --help 显示该命令的用法。--lang zh|en 选择语言（默认看 LC_ALL 或 LANG）。',
    '配置来自环境变量，或者当前目录下的 .env。',
  ].join('\n'),
};
