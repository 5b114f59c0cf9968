import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readPage } from '../support/app/markdown-page.js';
import {
  cloneRepository,
  pack,
  programIn,
  projectWith,
  type PackedPackage,
} from '../support/package/clone.js';
import { runProgram, type RunningProgram } from '../support/package/run-program.js';
import { eventually } from '../support/time/eventually.js';

const LIMIT_BYTES = 2_000_000;
/** Lying there, and nobody's business. */
const LEFT_LYING = {
  '.env': 'WECHAT_TOKEN=secret',
  'data/0000000001.journal': 'x',
  'handlers/own.ts': 'export default { on: "message.text", handle() {} };',
  'handlers/notes.txt': 'x',
  'docs/notes.txt': 'x',
  'src/operator-page/.notes': 'x',
};

let clone: string;
let packed: PackedPackage;
const projects: string[] = [];
const running: RunningProgram[] = [];
beforeAll(() => {
  clone = cloneRepository();
  for (const [path, text] of Object.entries(LEFT_LYING)) {
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    writeFileSync(join(clone, path), text);
  }
  packed = pack(clone);
}, 240_000);
afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.stop('SIGKILL')));
});
afterAll(() => {
  for (const dir of [clone, ...projects]) rmSync(dir, { recursive: true, force: true });
});

function project(files: Readonly<Record<string, string>>, type: 'module' | 'commonjs' = 'module'): string {
  const dir = projectWith(packed, type);
  projects.push(dir);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

const SETTINGS = { WECHAT_APP_ID: 'wx-package', WECHAT_TOKEN: 'package', HOST: '127.0.0.1', ADMIN_PORT: '0' };

/** Starts a command of the installed package in its project. */
function start(
  dir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningProgram {
  const program = runProgram(programIn(dir), args, { cwd: dir, env: { ...SETTINGS, PORT: '0', ...env } });
  running.push(program);
  return program;
}

async function portOf(program: RunningProgram): Promise<string> {
  const said = (): string => program.out() + program.err();
  let isOver = false;
  void program.ended.then(() => (isOver = true));
  await eventually(() => {
    if (!isOver && !/"msg":"ready"/.test(program.out())) throw new Error(said());
  }, 50_000);
  if (isOver) throw new Error(said());
  return /"port":(\d+)[^\n]*"msg":"ready"/.exec(program.out())?.[1] ?? '';
}

async function answer(dir: string, port: string, ...push: readonly string[]): Promise<string> {
  const sent = start(dir, ['send', ...push], { PORT: port });
  await sent.ended;
  return sent.out();
}

describe('given the tarball of a clone', () => {
  test('when it is listed, then it holds code, types, pages and docs, and nothing that lay there', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'dist/src/cli/main.js',
        'dist/src/index.d.ts',
        'dist/src/demo/echo.js',
        'dist/src/sandbox/page/index.html',
        'docs/handlers.md',
        'docs/zh/handlers.md',
        '.env.example',
        'LICENSE',
        'README.zh-CN.md',
      ]),
    );
    const strange = paths.filter(
      (path) =>
        !/^(?:template\/[\w./-]+|dist\/src\/.*\.(?:js|d\.ts|html|css|svg|json|txt)|docs\/(?:zh\/)?[\w-]+\.md|[\w.-]+)$/.test(
          path,
        ) || /\.map$|^handlers\/|^dist\/handlers|notes|^\.env$|^data/.test(path),
    );
    expect(strange).toEqual([]);
  });

  test('when it is weighed, then it has at most 2 MB, and no code that speaks of a source map', () => {
    expect(packed.unpackedSize).toBeLessThanOrEqual(LIMIT_BYTES);
    const dir = project({});
    const mapped = packed.files
      .filter(({ path }) => path.endsWith('.js'))
      .filter(({ path }) =>
        readFileSync(join(dir, 'node_modules/wechat-callback-server', path), 'utf8').includes(
          '//# sourceMappingURL',
        ),
      );
    expect(mapped).toEqual([]);
  });

  test('when the links of its pages are followed, then each leads to a file in it or in the repository', () => {
    const own = join(project({}), 'node_modules/wechat-callback-server');
    const pages = packed.files.map(({ path }) => path).filter((path) => path.endsWith('.md'));
    const outside = pages.flatMap((page) =>
      readPage(join(own, page))
        .links.filter((link) => !/^\w+:|^#/.test(link))
        .map((link) => join(dirname(page), link.split('#')[0] ?? ''))
        // The template's pages speak of the project that they are copied into.
        .map((path) => path.replace(/^template\/node_modules\/wechat-callback-server\//, ''))
        .filter((path) => !existsSync(join(own, path))),
    );
    expect(outside.filter((path) => !existsSync(path))).toEqual([]);
    expect(
      outside.filter((path) =>
        /^(?:README|docs\/(?:zh\/)?(?:handlers|api|configuration|operations|troubleshooting))/.test(path),
      ),
    ).toEqual([]);
  });
});

describe('given the package in a project', () => {
  test('when its faces are imported and required, then both get the same', () => {
    const dir = project({});
    const script = `
      import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      for (const face of ['', '/testing', '/language-model']) {
        const name = 'wechat-callback-server' + face;
        const imported = await import(name);
        console.log(name, Object.keys(imported).length > 2, Object.keys(imported).every((key) => require(name)[key] === imported[key]));
      }`;
    writeFileSync(join(dir, 'faces.mjs'), script);
    expect(execFileSync(process.execPath, ['faces.mjs'], { cwd: dir, encoding: 'utf8' })).toBe(
      [
        'wechat-callback-server true true',
        'wechat-callback-server/testing true true',
        'wechat-callback-server/language-model true true\n',
      ].join('\n'),
    );
  });

  test.each([
    ['module', { module: 'nodenext' }],
    ['module', { module: 'node16' }],
    ['module', { module: 'esnext', moduleResolution: 'bundler' }],
    ['commonjs', { module: 'nodenext' }],
  ] as const)('when a project of type %s compiles with %j, then the types are right', (type, options) => {
    const dir = project(
      {
        'handlers/typed.ts': TYPED,
        'tsconfig.json': JSON.stringify({
          compilerOptions: { ...options, target: 'es2023', strict: true, noEmit: true, types: ['node'] },
          include: ['handlers'],
        }),
      },
      type,
    );
    const tsc = resolve('node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', dir, '--pretty', 'false'], {
      encoding: 'utf8',
    });
    expect(stdout.trim()).toBe('');
  });

  test('when it is served, then it is the handlers of its own folder that answer, in every kind of file', async () => {
    const dir = project({
      'handlers/text.mjs': handler('message.text', 'mjs'),
      'handlers/image.js': handler('message.image', 'js'),
      'handlers/voice.ts': `import { mark } from './_mark.js';\n${handler('message.voice', 'ts').replace("'ts'", 'mark')}`,
      'handlers/_mark.ts': `enum Mark { ts = 'ts' }\nexport const mark: string = Mark.ts;`,
      'handlers/video.cjs': commonJs('message.video', 'cjs'),
    });
    const server = start(dir, ['serve']);
    const port = await portOf(server);
    expect(await answer(dir, port, 'message.text')).toContain('CDATA[mjs]');
    expect(await answer(dir, port, 'message.image')).toContain('CDATA[js]');
    expect(await answer(dir, port, 'message.voice')).toContain('CDATA[ts]');
    expect(await answer(dir, port, 'message.video')).toContain('CDATA[cjs]');
    expect(await answer(dir, port, 'message.link')).not.toContain('CDATA');
    expect(await server.stop('SIGTERM')).toBe(0);
  });

  test('when a CommonJS project saves a handler and what it shares, then both are live', async () => {
    const dir = project(
      {
        'handlers/text.js': commonJs('message.text', 'before'),
        'handlers/voice.ts': `import { word } from './_word';\n${handler('message.voice', '').replace("''", 'word')}`,
        'handlers/_word.ts': `export const word: string = 'before';`,
      },
      'commonjs',
    );
    const server = start(dir, ['serve'], { RELOAD_HANDLERS: '1' });
    const port = await portOf(server);
    expect(await answer(dir, port, 'message.text')).toContain('before');
    expect(await answer(dir, port, 'message.voice')).toContain('before');
    writeFileSync(join(dir, 'handlers/text.js'), commonJs('message.text', 'after'));
    await eventually(async () => expect(await answer(dir, port, 'message.text')).toContain('after'), 60_000);
    writeFileSync(join(dir, 'handlers/_word.ts'), `export const word: string = 'after';`);
    await eventually(async () => expect(await answer(dir, port, 'message.voice')).toContain('after'), 60_000);
  });

  test.each(['module', 'commonjs'] as const)(
    'when init completes a project of type %s, then its tests and types pass, and so does a new handler',
    async (type) => {
      const dir = project({}, type);
      expect(await start(dir, ['init', '.']).ended).toBe(0);
      expect(await start(dir, ['new-handler', 'event.SCAN', 'shop/scan']).ended).toBe(0);
      const { scripts }: { scripts: Record<string, string> } = JSON.parse(
        readFileSync(join(dir, 'package.json'), 'utf8'),
      );
      const tests = spawnSync('sh', ['-c', scripts['test'] ?? ''], { cwd: dir, encoding: 'utf8' });
      expect(tests.stdout).toMatch(/^# pass 4$/m);
      expect(tests.status).toBe(0);
      const tsc = resolve('node_modules/typescript/bin/tsc');
      expect(spawnSync(process.execPath, [tsc], { cwd: dir, encoding: 'utf8' }).stdout).toBe('');
      const again = start(dir, ['init', '.']);
      await again.ended;
      expect(again.out()).toContain('These files were there and stay: handlers/hello.ts');
    },
  );

  test('when it has no handlers, then serve says so with 78, and --demo answers', async () => {
    const dir = project({});
    const refused = start(dir, ['serve']);
    expect(await refused.ended).toBe(78);
    expect(refused.err()).toContain(join('handlers: is not there'));
    const demo = start(dir, ['serve', '--demo']);
    expect(await answer(dir, await portOf(demo), 'message.text')).toContain('CDATA[你好，hello]');
  });

  test('when dev runs, then the sandbox has its page and its interface', async () => {
    const dir = project({ 'handlers/text.mjs': handler('message.text', 'live') });
    const dev = start(dir, ['dev'], { SANDBOX_PORT: '0', WECHAT_APP_ID: '', WECHAT_TOKEN: '' });
    await portOf(dev);
    await eventually(() => expect(dev.err()).toMatch(/Sandbox: +http/));
    const [, url = ''] = /Sandbox: +(http\S+)/.exec(dev.err()) ?? [];
    for (const path of ['', 'page-kit/css/base.css', 'api/openapi.json'])
      expect((await fetch(new URL(path, `${url}/`))).status).toBe(200);
    expect(await dev.stop('SIGTERM')).toBe(0);
  });
});

const handler = (on: string, says: string): string => `
import { defineHandler } from 'wechat-callback-server';
export default defineHandler({ on: '${on}', handle: (ctx) => ctx.reply.text('${says}') });
`;
const commonJs = (on: string, says: string): string => `
const { defineHandler } = require('wechat-callback-server');
module.exports = defineHandler({ on: '${on}', handle: (ctx) => ctx.reply.text('${says}') });
`;
const TYPED = `
import { createServer, defineHandler, says, type CallbackServer } from 'wechat-callback-server';
import { chat } from 'wechat-callback-server/language-model';
import { textPush, tryHandler } from 'wechat-callback-server/testing';
const hello = defineHandler({
  on: 'message.text',
  when: says('hello'),
  handle: (ctx) => ctx.reply.text(ctx.push.content.toUpperCase()),
});
export default hello;
export const model = defineHandler({ on: 'message.text', handle: (ctx) => ctx.reply.stream(chat(ctx, ctx.push)) });
export const tried = tryHandler(hello, textPush({ content: 'hello' }));
export const server: Promise<CallbackServer> = createServer(process.env, { handlers: { hello } });
// @ts-expect-error -- there is no such kind
export const wrong = defineHandler({ on: 'message.txet', handle: () => undefined });
`;
