import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { packageRoot } from '../../package-root.js';
import { exitCodes, UsageInvalid, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';
import { completePackageJson } from './package-json.js';

/** The files of a new project, by their path there and in this package. */
const FILES: Readonly<Record<string, string>> = {
  'handlers/hello.ts': 'template/handlers/hello.ts',
  'handlers/welcome.ts': 'template/handlers/welcome.ts',
  'test/hello.test.ts': 'template/test/hello.test.ts',
  'test/welcome.test.ts': 'template/test/welcome.test.ts',
  'tsconfig.json': 'template/tsconfig.json',
  // npm omits files named like its own settings from a package.
  '.gitignore': 'template/gitignore',
  '.dockerignore': 'template/dockerignore',
  '.env.example': '.env.example',
  Dockerfile: 'template/Dockerfile',
  'README.md': 'template/README.md',
  'README.zh-CN.md': 'template/README.zh-CN.md',
};

/** Creates a project that answers the messages of an account. */
export const init: Command = {
  name: 'init',
  summary: {
    en: 'creates a project with two handlers, their tests and a Dockerfile',
    zh: '新建项目：两个处理模块、它们的测试和 Dockerfile',
  },
  usage: {
    en: `Usage: wechat-callback init DIR

Writes a project into DIR, which may be there already: files that are there stay as they are, and package.json only gets
what it lacks. Then: npm install, npm test, npm run dev.

Exit codes: 0 written, 2 usage.`,
    zh: `用法：wechat-callback init DIR

在 DIR 里建立项目。目录可以已经存在：已有的文件不会改动，package.json 只补上缺少的内容。之后运行 npm install、
npm test、npm run dev。

退出码：0 已写入，2 用法有误。`,
  },

  async run(args, terminal) {
    const { positionals } = parseOptions(args, {}, { positionals: 1 });
    const [dir] = positionals;
    if (dir === undefined)
      throw new UsageInvalid({
        en: 'Where to? Name a folder: wechat-callback init my-bot',
        zh: '建在哪里？请写出目录：wechat-callback init my-bot',
      });
    const project = resolve(dir);
    const name = projectName(project);
    mkdirSync(project, { recursive: true });
    const kept = Object.entries(FILES).flatMap(([path, source]) =>
      write(
        join(project, path),
        readFileSync(join(packageRoot(), source), 'utf8').replaceAll('PROJECT_NAME', name),
      )
        ? []
        : [path],
    );
    completePackageJson(project, name);
    const cd = project === process.cwd() ? '' : `cd ${dir} && `;
    const list = kept.join(', ');
    const keptWords = {
      en: list === '' ? '' : ` These files were there and stay: ${list}.`,
      zh: list === '' ? '' : `这些文件已经存在，没有改动：${list}。`,
    };
    terminal.out({
      en: `A project is in ${project}.${keptWords.en} Next:
  ${cd}npm install && npm test
  npm run dev      # then open http://127.0.0.1:8090 and type 你好`,
      zh: `项目已建在 ${project}。${keptWords.zh}接下来：
  ${cd}npm install && npm test
  npm run dev      # 然后打开 http://127.0.0.1:8090，发“你好”`,
    });
    return exitCodes.ok;
  },
};

/** Returns a name that npm accepts. */
function projectName(project: string): string {
  const name = basename(project)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '');
  return name === '' ? 'my-bot' : name;
}

/** Writes a file unless it exists. Returns true if it was written. */
function write(file: string, text: string): boolean {
  if (existsSync(file)) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return true;
}
