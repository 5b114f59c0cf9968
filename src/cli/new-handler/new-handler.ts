import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { withDotEnv } from '../../config/dot-env.js';
import { suggestName } from '../../config/suggest-name.js';
import { pushKinds, type PushKind } from '../../protocol/push/push.js';
import { exitCodes, UsageInvalid, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';
import { handlerFiles, withoutTypes, type TestRunner } from './handler-files.js';

/** Writes a handler and its test. */
export const newHandler: Command = {
  name: 'new-handler',
  summary: {
    en: 'writes a handler for a kind of push, and its test',
    zh: '生成某种推送的处理模块和它的测试',
  },
  usage: {
    en: `Usage: wechat-callback new-handler KIND NAME [--js]

Writes NAME into HANDLERS_DIR (default ./handlers), and a passing test for it into ./test: in TypeScript if the working
directory has a tsconfig.json, else in JavaScript (.mjs). If no reply to such a push reaches anybody, it is an observer.

  KIND   such as message.text, event.click; all of them: wechat-callback send --list
  NAME   such as weather or shop/order: the name of the handler in the log
  --js   JavaScript in any case

Exit codes: 0 written, 1 such a file already exists, 2 usage.`,
    zh: `用法：wechat-callback new-handler KIND NAME [--js]

把 NAME 写入 HANDLERS_DIR（默认 ./handlers），并在 ./test 里写好能通过的测试。当前目录有 tsconfig.json 时用 TypeScript，
否则用 JavaScript（.mjs）。这种推送即使回复也没有人收到时，生成观察者。

  KIND   例如 message.text、event.click；全部类型：wechat-callback send --list
  NAME   例如 weather、shop/order：处理模块在日志里的名称
  --js   总是用 JavaScript

退出码：0 已写入，1 文件已经存在，2 用法有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      { js: { type: 'boolean', default: false } },
      { positionals: 2 },
    );
    const [kind, name] = readOrder(positionals);
    const isTyped = !values.js && existsSync('tsconfig.json');
    const extension = isTyped ? 'ts' : 'mjs';
    const handlerFile = join(withDotEnv(process.env)['HANDLERS_DIR'] || './handlers', `${name}.${extension}`);
    const testFile = join('test', `${name.replaceAll('/', '-')}.test.${extension}`);
    const taken = [handlerFile, testFile].filter((file) => existsSync(file));
    if (taken.length > 0) {
      terminal.err({
        en: `${taken.join(' and ')}: already there, and nothing was written. Choose another name.`,
        zh: `${taken.join('、')} 已经存在，什么都没有写入。请换一个名称。`,
      });
      return exitCodes.failed;
    }
    const handlerPath = relative(dirname(testFile), handlerFile).replaceAll('\\', '/').replace(/ts$/, 'js');
    const runner = readRunner();
    const { handler, test } = handlerFiles({ kind, name, runner, handlerPath });
    write(handlerFile, handler);
    write(testFile, isTyped ? test : withoutTypes(test));
    terminal.out(`${handlerFile}\n${testFile}`);
    return exitCodes.ok;
  },
};

/** @throws UsageInvalid */
function readOrder([kind = '', name = '']: readonly string[]): readonly [PushKind, string] {
  const known = pushKinds.find((one) => one === kind.toLowerCase());
  if (known === undefined) {
    const nearest = suggestName(kind, pushKinds, 3);
    throw new UsageInvalid({
      en: `KIND "${kind}" is not a kind of push: ${nearest === undefined ? 'wechat-callback send --list names them' : `did you mean ${nearest}?`}`,
      zh: `KIND "${kind}" 不是推送类型：${nearest === undefined ? '用 wechat-callback send --list 查看全部类型' : `是不是 ${nearest}？`}`,
    });
  }
  if (!/^[A-Za-z0-9][\w-]*(?:\/[A-Za-z0-9][\w-]*)*$/.test(name))
    throw new UsageInvalid({
      en: `NAME "${name}": letters, digits and -, such as weather or shop/order.`,
      zh: `NAME "${name}" 只能由字母、数字和 - 组成，例如 weather、shop/order。`,
    });
  return [known, name];
}

/** Jest, where the project has it. */
function readRunner(): TestRunner {
  try {
    return readFileSync('package.json', 'utf8').includes('"@jest/globals"') ? 'jest' : 'node';
  } catch {
    return 'node';
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { flag: 'wx' });
}
