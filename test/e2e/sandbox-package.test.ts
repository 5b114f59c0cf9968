import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startForeign } from '../support/conformance/foreign-servers.js';
import { cloneRepository, pack, projectWithOnly, type PackedPackage } from '../support/package/clone.js';
import { runProgram, type RunningProgram } from '../support/package/run-program.js';
import { eventually } from '../support/time/eventually.js';
import { FIXTURE_ACCOUNT } from '../support/wechat/seal.js';

const MOST_BYTES = 1_000_000;
const MOST_PACKAGES = 15;
const FOREIGN = [
  { kind: 'an Express middleware', command: ['node', 'servers/express-middleware.mjs'] },
  { kind: 'a Koa middleware', command: ['node', 'servers/koa-middleware.mjs'] },
] as const;

let clone: string;
let packed: PackedPackage;
let project: ReturnType<typeof projectWithOnly>;
const running: RunningProgram[] = [];
beforeAll(() => {
  clone = cloneRepository();
  packed = pack(join(clone, 'packages/sandbox'));
  project = projectWithOnly(packed, 'wechat-sandbox');
}, 240_000);
afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.stop('SIGKILL')));
});
afterAll(() => {
  for (const dir of [clone, project.dir]) rmSync(dir, { recursive: true, force: true });
});

function start(bin: 'wechat-sandbox' | 'wechat-conformance', ...args: readonly string[]): RunningProgram {
  const file = join(project.dir, 'node_modules/wechat-sandbox/dist', `${bin}.js`);
  const program = runProgram(file, args, { cwd: project.dir, env: {} });
  running.push(program);
  return program;
}

/** The address that the sandbox prints. */
async function pageOf(program: RunningProgram): Promise<string> {
  const printed = /Sandbox: +(http\S+)/;
  await eventually(() => expect(program.err()).toMatch(printed));
  return printed.exec(program.err())?.[1] ?? '';
}

function secretFile(): string {
  const file = join(project.dir, 'token');
  writeFileSync(file, `${FIXTURE_ACCOUNT.token}\n`);
  return file;
}

describe('given the tarball of the sandbox, from a clone', () => {
  test('when it is weighed and installed, then it is under 1 MB, and under 15 packages come', () => {
    expect(packed.unpackedSize).toBeLessThan(MOST_BYTES);
    expect(project.packages.length).toBeLessThan(MOST_PACKAGES);
  });

  test('when it is listed, then it holds programs, types, page and docs, and no sources', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'dist/index.js',
        'dist/wechat-sandbox.js',
        'dist/wechat-conformance.js',
        'dist/types/packages/sandbox/src/index.d.ts',
        'dist/sandbox/page/index.html',
        'dist/page-kit/css/base.css',
        'docs/conformance.md',
        'docs/zh/sandbox-api.md',
        'README.zh-CN.md',
        'LICENSE',
      ]),
    );
    expect(paths.filter((path) => /^src|tsconfig|\.map$|node_modules/.test(path))).toEqual([]);
  });

  test('when its files are read, then none names a package of the server alone', () => {
    const own = join(project.dir, 'node_modules/wechat-sandbox');
    const naming = packed.files.filter(({ path }) =>
      /(?:from|import|require)\s*\(?\s*["'](?:bullmq|ioredis|wechat-crypto)/.test(
        readFileSync(join(own, path), 'utf8'),
      ),
    );
    expect(naming).toEqual([]);
  });

  test('when a project compiles against it, then the types are right', () => {
    writeFileSync(join(project.dir, 'typed.ts'), TYPED);
    const tsc = resolve('node_modules/typescript/bin/tsc');
    const types = ['--types', 'node', '--typeRoots', resolve('node_modules/@types')];
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--pretty',
      'false',
    ];
    const { stdout } = spawnSync(process.execPath, [tsc, 'typed.ts', ...options, ...types], {
      cwd: project.dir,
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  });

  test('when a test of its own imports it, then a server is pushed to and judged in one process', () => {
    writeFileSync(join(project.dir, 'own.mjs'), OWN_TEST);
    const said = execFileSync(process.execPath, ['own.mjs'], { cwd: project.dir, encoding: 'utf8' });
    expect(said).toBe('reply holds true\n');
  });
});

describe.each(FOREIGN)('given $kind that is not ours', ({ command }) => {
  test('when the sandbox is started for it in one command, then its page is there, and a text is answered', async () => {
    const server = await startForeign({ command, mode: 'plaintext' });
    const startedAtMs = performance.now();
    const sandbox = start(
      'wechat-sandbox',
      '--port',
      '0',
      '--target',
      server.url.href,
      '--token-file',
      secretFile(),
    );
    const page = await pageOf(sandbox);
    expect((await fetch(page)).status).toBe(200);
    // 0.7 s on two quiet cores; the promise is 1.5 s, and a machine under load must not break the test.
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
    const pushed = await fetch(`${page}/api/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fields: { Content: 'hello' } }),
    });
    expect(await pushed.json()).toMatchObject({
      exchanges: [{ verdict: { outcome: 'reply', reply: { content: expect.stringContaining('hello') } } }],
    });
    expect(await sandbox.stop('SIGTERM')).toBe(0);
    await server.stop();
  });
});

describe('given a server that is not ours, and its judge', () => {
  test('when some rules are checked in one command, then the report says which hold', async () => {
    const [{ command }] = FOREIGN;
    const server = await startForeign({ command, mode: 'plaintext' });
    const only = ['handshake-echo-exact', 'push-accepted', 'push-stale-timestamp'].flatMap((id) => [
      '--only',
      id,
    ]);
    const args = [server.url.href, '--token-file', secretFile(), '--format', 'json', ...only];
    const conformance = start('wechat-conformance', ...args);
    expect(await conformance.ended).toBe(0);
    expect(JSON.parse(conformance.out())).toMatchObject({ version: '0.2.0' });
    await server.stop();
  });
});

const TYPED = `
import { conforms, createSandbox, createTarget, rules, runRules, type Exchange } from 'wechat-sandbox';
const sandbox = createSandbox({ port: 0, account: { mode: 'plaintext' } });
export const pushed: Promise<readonly Exchange[]> = sandbox.push({ fields: { Content: 'hello' } });
export const judged: Promise<boolean> = runRules(
  rules,
  createTarget({ url: new URL('http://127.0.0.1/'), token: 't' }),
).then(conforms);
// @ts-expect-error -- there is no such mode
createSandbox({ account: { mode: 'sealed' } });
`;
const OWN_TEST = `
import { createServer } from 'node:http';
import { createSandbox, createTarget, rules, runRules } from 'wechat-sandbox';
const reply = (xml) =>
  xml.replace(/<(To|From)UserName>/g, (_, way) => '<' + (way === 'To' ? 'From' : 'To') + 'UserName>')
    .replace(/<\\/(To|From)UserName>/g, (_, way) => '</' + (way === 'To' ? 'From' : 'To') + 'UserName>');
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk)).on('end', () => response.end(reply(body)));
}).listen(0, '127.0.0.1', async () => {
  const url = new URL('http://127.0.0.1:' + server.address().port + '/');
  const sandbox = createSandbox({ port: 0, account: { mode: 'plaintext', target: url.href } });
  await sandbox.start();
  const [exchange] = await sandbox.push({ fields: { Content: 'hello' } });
  await sandbox.stop();
  const accepted = rules.filter(({ id }) => id === 'push-accepted');
  const report = await runRules(accepted, createTarget({ url, token: 'development' }));
  console.log(exchange.verdict.outcome, report.judged[0].finding.type, report.stop === undefined);
  server.closeAllConnections();
  server.close();
});
`;
