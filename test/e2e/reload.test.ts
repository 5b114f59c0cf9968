import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { endProcess } from '../support/processes/end-process.js';

/**
 * Reloading rests on Node's module loader, so it is proven in a process of its own: a watcher that prints what each
 * generation answers, and the error lines of its log.
 */
const watcher = (src: string, dir: string) => `
  import { loadHandlers } from '${src}/handler-runtime/load-handlers.js';
  import { watchHandlers } from '${src}/handler-runtime/watch-handlers.js';
  import { textPush, tryHandler } from '${src}/index.js';
  const say = (line) => console.log(JSON.stringify(line));
  const log = { debug() {}, info() {}, warn() {}, error: (_, text) => say({ error: text }), child: () => log };
  async function show({ handlers }) {
    const push = textPush({ content: 'x' });
    const tried = handlers.map(async ({ name, module }) => name + '=' + (await tryHandler(module, push)).reply.content);
    say({ answers: await Promise.all(tried), instances: globalThis.instances });
  }
  const first = await loadHandlers('${dir}', { log });
  await watchHandlers('${dir}', show, { log });
  await show(first);
  setInterval(() => {}, 1000);
`;

interface Line {
  readonly answers?: readonly string[];
  readonly instances?: number;
  readonly error?: string;
}

const flavours = [
  {
    name: 'TypeScript under tsx',
    ext: 'ts',
    imported: 'js',
    node: ['--import', 'tsx'],
    src: 'src',
    typed: ': string',
  },
  { name: 'JavaScript under plain Node', ext: 'mjs', imported: 'mjs', node: [], src: 'dist/src', typed: '' },
];

let root: string;
let child: ChildProcess;
let lines: Line[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'reload-'));
  lines = [];
});
afterEach(async () => {
  await endProcess(child);
  await rm(root, { recursive: true });
});

async function until(isIt: (line: Line) => boolean): Promise<Line> {
  for (let waitedMs = 0; waitedMs < 15_000; waitedMs += 20) {
    const line = lines.find(isIt);
    if (line !== undefined) return line;
    await new Promise((resume) => {
      setTimeout(resume, 20);
    });
  }
  throw new Error(`not seen within 15 s; seen: ${JSON.stringify(lines)}`);
}

const untilAnswer = (answer: string): Promise<Line> => until(({ answers }) => answers?.[0] === answer);

describe.each(flavours)('given handlers in $name that are watched', ({ ext, imported, node, src, typed }) => {
  test('when files are saved, then a save that loads is a new generation, and one that does not changes nothing', async () => {
    const dir = join(root, 'handlers');
    const face = pathToFileURL(resolve(src)).href;
    await mkdir(dir);
    const save = (name: string, text: string) => writeFile(join(dir, `${name}.${ext}`), text);
    const word = (text: string) => `export const word${typed} = '${text}';`;
    await writeFile(join(root, 'package.json'), '{ "type": "module" }');
    // lies outside the folder, as src/index.js does, and counts how often it is made
    await writeFile(join(root, `outside.${ext}`), `globalThis.instances = (globalThis.instances ?? 0) + 1;`);
    await save('_word', word('one'));
    await save(
      'greet',
      `import { defineHandler } from '${face}/index.js';
       import '../outside.${imported}';
       import { word } from './_word.${imported}';
       export default defineHandler({ on: '*', handle: (ctx) => ctx.reply.text(word) });`,
    );
    await writeFile(join(root, 'watch.mjs'), watcher(face, dir));

    child = spawn(process.execPath, [...node, join(root, 'watch.mjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: child.stdout! }).on('line', (line) => lines.push(JSON.parse(line)));
    await untilAnswer('greet=one');

    // shared code, imported by a handler that did not change
    await save('_word', word('two'));
    await untilAnswer('greet=two');

    await save('_word', `\nexport const word${typed} = ;`);
    const { error } = await until((line) => line.error !== undefined);
    expect(error).toContain('the last good ones stay');
    expect(error).toContain(`_word.${ext}:2`);

    await save('_word', word('three'));
    await untilAnswer('greet=three');

    // as editors save: a new file is moved over the old one
    await save('.new', word('four'));
    await rename(join(dir, `.new.${ext}`), join(dir, `_word.${ext}`));
    await untilAnswer('greet=four');

    // a folder that was not there before, and that goes again
    await mkdir(join(dir, 'more'));
    await save('more/bye', `export default { on: '*', handle: (ctx) => ctx.reply.text('bye') };`);
    const two = await until(({ answers }) => answers?.length === 2);
    expect(two.answers).toEqual(['greet=four', 'more/bye=bye']);
    await save('more/bye', `export default { on: '*', handle: (ctx) => ctx.reply.text('bye, bye') };`);
    await until(({ answers }) => answers?.[1] === 'more/bye=bye, bye');
    await rm(join(dir, 'more'), { recursive: true });
    await save('_word', word('five'));
    expect(await untilAnswer('greet=five')).toEqual({ answers: ['greet=five'], instances: 1 });
  }, 180_000);
});
